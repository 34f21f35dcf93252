@echo off
setlocal
rem The command line, built first where a source is newer than the program. `hub` is its twin elsewhere.
where node >nul 2>nul || (echo hub: 'node' was not found; install the .NET SDK 10 and Node.js 20 or later. 1>&2 & exit /b 127)
where dotnet >nul 2>nul || (echo hub: 'dotnet' was not found; install the .NET SDK 10 and Node.js 20 or later. 1>&2 & exit /b 127)
node "%~dp0eng\build.mjs" || exit /b
set /p HUB_PROGRAM=<"%~dp0artifacts\hub\current"
dotnet "%~dp0artifacts\hub\%HUB_PROGRAM%\hub.dll" %*
