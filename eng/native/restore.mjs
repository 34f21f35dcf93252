// Brings DuckDB's native library for one runtime identifier, as package-lock.json pins it: node restore.mjs linux-x64
// Safe to run from several builds at once: one installs, the others wait for it.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const platforms = {
  "linux-x64": ["linux-x64", "libduckdb.so", "--os=linux", "--cpu=x64", "--libc=glibc"],
  "linux-arm64": ["linux-arm64", "libduckdb.so", "--os=linux", "--cpu=arm64", "--libc=glibc"],
  "linux-musl-x64": ["linux-x64-musl", "libduckdb.so", "--os=linux", "--cpu=x64", "--libc=musl"],
  "linux-musl-arm64": ["linux-arm64-musl", "libduckdb.so", "--os=linux", "--cpu=arm64", "--libc=musl"],
  "osx-x64": ["darwin-x64", "libduckdb.dylib", "--os=darwin", "--cpu=x64"],
  "osx-arm64": ["darwin-arm64", "libduckdb.dylib", "--os=darwin", "--cpu=arm64"],
  "win-x64": ["win32-x64", "duckdb.dll", "--os=win32", "--cpu=x64"],
  "win-arm64": ["win32-arm64", "duckdb.dll", "--os=win32", "--cpu=arm64"],
};

const here = dirname(fileURLToPath(import.meta.url));
const lockFile = join(here, "package-lock.json");
const busy = join(here, ".restoring");

const rid = process.argv[2];
const [name, file, ...flags] = platforms[rid] ?? [];
const library = join(here, "node_modules", "@duckdb", `node-bindings-${name}`, file ?? "");

try {
  if (!name) throw new Error(`DuckDB has no native library for '${rid}'. It has for: ${Object.keys(platforms).join(", ")}.`);
  restore();
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}

function restore() {
  while (!isCurrent()) {
    if (!enter()) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      continue;
    }
    try {
      if (!isCurrent()) install();
    } finally {
      rmSync(busy, { force: true });
    }
  }
}

function isCurrent() {
  return existsSync(library) && statSync(library).mtimeMs >= statSync(lockFile).mtimeMs;
}

// The file names its owner, so that one left behind by a killed build is not waited for.
function enter() {
  try {
    writeFileSync(busy, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (!ownerLives()) rmSync(busy, { force: true });
    return false;
  }
}

function ownerLives() {
  try {
    const owner = Number(readFileSync(busy, "utf8"));
    if (owner > 0) process.kill(owner, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function install() {
  try {
    execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error", ...flags], {
      cwd: here,
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    });
  } catch {
    throw new Error(`'npm ci' in eng/native failed; DuckDB's native library for ${rid} is missing. Run it by hand to see why.`);
  }
  if (!existsSync(library))
    throw new Error(`The package feed has no @duckdb/node-bindings-${name} of the version in eng/native/package-lock.json.`);
  const now = new Date();
  utimesSync(library, now, now);
}
