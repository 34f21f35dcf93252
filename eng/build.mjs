// Builds the command line where it is older than its sources. Only one build runs at a time; who comes second waits and finds it done.
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const state = join(root, "artifacts", "hub");
const log = join(state, "build.log");
const lock = join(state, "lock");
/** Touched before a build: a file changed since then is not in the program. */
const sources = join(state, "sources");
/** Names the folder of the newest program. Written after a build: a folder changed since has gained or lost a file. (A build makes folders itself.) */
const current = join(state, "current");
/** The package set that restored here; Directory.Build.props reads it too. */
const packages = join(state, "packages");

const notSources = new Set(["bin", "obj", "node_modules"]);
const fullRestoreLimit = 180_000;
const heartbeat = 1_000;
const deadAfter = 15_000;

const modified = (path) => fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const touch = (path) => fs.writeFileSync(path, "");
const line = (path) => (fs.existsSync(path) ? fs.readFileSync(path, "utf8").trim() : "");

function isFresh() {
  if (!fs.existsSync(current) || !fs.existsSync(join(state, line(current), "hub.dll"))) return false;
  if (process.env.HubPackages && process.env.HubPackages !== line(packages)) return false;
  const files = modified(sources);
  const folders = modified(current);
  const unchanged = (folder) =>
    modified(folder) <= folders &&
    fs.readdirSync(folder, { withFileTypes: true }).every((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? notSources.has(entry.name) || unchanged(path) : modified(path) <= files;
    });
  const top = fs.readdirSync(root);
  return (
    top.filter((name) => /^Directory\..*\.props$/.test(name)).every((name) => modified(join(root, name)) <= files) &&
    top.filter((name) => name === "eng" || name === "infra" || isProject(name)).every((name) => unchanged(join(root, name)))
  );
}

function isProject(name) {
  const folder = join(root, name);
  return name !== "benchmarks" && fs.statSync(folder).isDirectory() && fs.readdirSync(folder).some((file) => file.endsWith(".csproj"));
}

/** The `dotnet` that runs now; it must not outlive the lock. */
let running;

/** Runs `dotnet` with its output in the build log; true when it succeeded in time. */
function dotnet(args, environment = {}, timeout = undefined) {
  const output = fs.openSync(log, "a");
  return new Promise((resolve) => {
    running = spawn("dotnet", args, {
      cwd: root,
      stdio: ["ignore", output, output],
      env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: "1", DOTNET_NOLOGO: "1", ...environment },
      timeout,
    });
    running.on("error", () => resolve(false));
    running.on("close", (code) => {
      fs.closeSync(output);
      resolve(code === 0);
    });
  });
}

/** `full` where this machine's feed carries all of it, else `core`. Asked once, and again when the versions change. */
async function choosePackages() {
  if (process.env.HubPackages) return process.env.HubPackages;
  const versions = join(root, "Directory.Packages.props");
  if (line(packages) && modified(packages) >= modified(versions)) return line(packages);
  const full = await dotnet(["restore", "host", "-v", "q"], { HubPackages: "full" }, fullRestoreLimit);
  return full ? "full" : "core";
}

/** Publishes the program into a folder of its own, since the one before may be running; with native code for a quick start where the feed has the compiler. */
async function build() {
  fs.writeFileSync(log, "");
  touch(sources);
  const set = await choosePackages();
  const program = `program-${Date.now()}`;
  const publish = ["publish", "host", "-c", "Release", "-v", "q", "-nologo", "-clp:NoSummary", "-nodeReuse:false", "-o", join(state, program)];
  const native = ["--use-current-runtime", "--self-contained", "false", "-p:PublishReadyToRun=true"];
  for (const options of [native, []]) {
    fs.writeFileSync(log, "");
    if (await dotnet([...publish, ...options], { HubPackages: set })) {
      const previous = line(current);
      fs.writeFileSync(packages, `${set}\n`);
      fs.writeFileSync(current, `${program}\n`);
      removePrograms([program, previous]);
      return true;
    }
    fs.rmSync(join(state, program), { recursive: true, force: true });
    if (!/error (NU|NETSDK)\d/.test(fs.readFileSync(log, "utf8"))) return false;
  }
  return false;
}

/** Removes older programs. What cannot be removed is running, and goes another time. */
function removePrograms(kept) {
  for (const name of fs.readdirSync(state).filter((entry) => entry.startsWith("program-") && !kept.includes(entry))) {
    try {
      fs.rmSync(join(state, name), { recursive: true });
    } catch {
      // Windows keeps the files of a running program.
    }
  }
}

/** Takes the lock, waiting for whoever holds it; a holder shows that it lives by touching it, so a crash frees it. */
async function takeLock() {
  for (let waiting = false; ; waiting = true) {
    try {
      fs.closeSync(fs.openSync(lock, "wx"));
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!waiting) process.stderr.write("hub: another build is under way; waiting for it …\n");
    const age = Date.now() - modified(lock);
    if (age > deadAfter && modified(lock) > 0) breakLock();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const beat = setInterval(() => fs.utimesSync(lock, new Date(), new Date()), heartbeat);
  process.on("exit", () => {
    running?.kill();
    fs.rmSync(lock, { force: true });
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(130));
  return () => clearInterval(beat);
}

/** Moves a dead lock aside. Of several that try, one wins; whoever moved a live one by being late puts it back. */
function breakLock() {
  const aside = `${lock}.${process.pid}`;
  try {
    fs.renameSync(lock, aside);
    if (Date.now() - modified(aside) <= deadAfter) fs.linkSync(aside, lock);
  } catch {
    // Somebody else was first, and the loop looks again.
  }
  fs.rmSync(aside, { force: true });
}

/** The compiler's errors, once each; all of the log where it has none in that form. */
function problems() {
  const lines = fs.readFileSync(log, "utf8").split(/\r?\n/).filter(Boolean);
  const errors = [...new Set(lines.filter((line) => / error /.test(line)).map((line) => line.replace(/ \[[^\]]*proj\]$/, "").trim()))];
  return (errors.length > 0 ? errors : lines).slice(0, 40).join("\n");
}

if (!isFresh()) {
  fs.mkdirSync(state, { recursive: true });
  const stopBeating = await takeLock();
  if (!isFresh()) {
    const first = !fs.existsSync(current);
    process.stderr.write(first ? "hub: building, once; this takes a minute …\n" : "hub: building what changed …\n");
    if (!(await build())) {
      process.stderr.write(`${problems()}\nhub: the build failed; all of its output is in ${log}\n`);
      process.exitCode = 1;
    }
  }
  stopBeating();
}
