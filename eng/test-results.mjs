// Sums the results of all test projects: names what failed and why, then prints `N passed, N failed`. Fails unless all passed and there were some.
// usage: node eng/test-results.mjs FOLDER FAILED_STEPS     FOLDER has NAME.trx, NAME.log and NAME.exit of each project
import * as fs from "node:fs";
import { join } from "node:path";

const [folder, failedSteps] = [process.argv[2], Number(process.argv[3])];
let passed = 0;
let failed = failedSteps;

const entities = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
const text = (xml) =>
  xml
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, name) => entities[name])
    .replace(/&#x([0-9A-Fa-f]+);/g, (_, code) => String.fromCodePoint(parseInt(code, 16)));

function report(name, message) {
  failed++;
  console.log(`\nFAILED ${name}\n${message.trim().split(/\r?\n/).slice(0, 25).map((line) => "  " + line).join("\n")}`);
}

/** Reports the failures of one project's result file and returns how many there were. */
function readResults(trx) {
  let failures = 0;
  for (const [, attributes, rest] of trx.matchAll(/<UnitTestResult\b([^>]*?)(?:\/>|>([\s\S]*?)<\/UnitTestResult>)/g)) {
    const attribute = (name) => text(attributes.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1] ?? "");
    const element = (name) => text(rest?.match(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`))?.[1] ?? "");
    if (attribute("outcome") === "Passed") {
      passed++;
      continue;
    }
    failures++;
    const skipped = attribute("outcome") === "NotExecuted" ? "skipped, which counts as failed\n" : "";
    report(attribute("testName"), `${skipped}${element("Message")}\n${element("StackTrace")}`);
  }
  return failures;
}

const read = (name) => fs.readFileSync(join(folder, name), "utf8");
for (const file of fs.readdirSync(folder).filter((name) => name.endsWith(".exit")).sort()) {
  const project = file.slice(0, -".exit".length);
  const trx = fs.existsSync(join(folder, `${project}.trx`)) ? read(`${project}.trx`) : "";
  const failures = readResults(trx);
  const ended = read(file).trim();
  const log = read(`${project}.log`);
  const explained = failures > 0 && !/run aborted/i.test(log);
  if (ended !== "0" && !explained) report(project, `the test run ended with exit code ${ended}:\n${log.split("\n").slice(-24).join("\n")}`);
}

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
