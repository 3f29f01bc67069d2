// Runs bpmnlint and `tessera lint` on the same files, one after the other, and says where rules that both have agree and how
// long each takes from its start to its end. Exit code 0: within the bars below, or skipped; 1: not; 2: could not run.
//
//     node tests/bpmnlint/compare.mjs [--tessera PROGRAM] [--list] PATH...
//
// Needs npm and its registry once, for bpmnlint itself; without them it says so and is skipped. `--list` prints each
// difference. Those that are meant, and why, are in bpmn/tests/lint_corpus.rs, which holds them to recorded results.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const VERSION = "11.15.0";
const ROUNDS = 5;
// The share of bpmnlint's time that the linter may take.
const BARS = { "one file": 1 / 15, "all files": 1 / 30 };

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const options = { tessera: join(repository, "target/release/tessera"), list: false, paths: [] };
for (let rest = process.argv.slice(2); rest.length > 0; ) {
  const word = rest.shift();
  if (word === "--tessera") options.tessera = rest.shift();
  else if (word === "--list") options.list = true;
  else options.paths.push(word);
}
const end = (code, text) => {
  console.log(text);
  process.exit(code);
};
if (options.paths.length === 0) end(2, "which files? node tests/bpmnlint/compare.mjs [--tessera PROGRAM] [--list] PATH...");
if (!existsSync(options.tessera)) end(2, `${options.tessera} is not there: cargo build --release -p tessera, or --tessera PROGRAM`);

const home = join(tmpdir(), `tessera-bpmnlint-${VERSION}`);
const module = join(home, "node_modules/bpmnlint");
if (!existsSync(module)) {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), "{}");
  const installed = spawnSync("npm", ["install", "--no-audit", "--no-fund", `bpmnlint@${VERSION}`], { cwd: home });
  if (installed.status !== 0) end(0, `skipped: npm cannot install bpmnlint ${VERSION}`);
}
const load = (path) => import(pathToFileURL(join(home, "node_modules", path)).href);
const { Linter } = (await load("bpmnlint/lib/index.js")).default;
const NodeResolver = (await load("bpmnlint/lib/resolver/node-resolver.js")).default;
const { BpmnModdle } = await load("bpmn-moddle/dist/index.js").catch(() => load("bpmn-moddle/dist/index.esm.js"));

const found = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path).sort().flatMap((name) => found(join(path, name)))
    : path.endsWith(".bpmn") ? [path] : [];
const files = options.paths.flatMap((path) => found(resolve(path)));
const where = mkdtempSync(join(tmpdir(), "tessera-compare-"));
writeFileSync(join(where, ".bpmnlintrc"), JSON.stringify({ extends: "bpmnlint:all" }));

// What each finds. What bpmnlint cannot read wholly it does not judge wholly: such files are left out here.
const theirs = new Map();
const shared = new Set();
for (const file of files) {
  try {
    const { rootElement, warnings } = await new BpmnModdle().fromXML(readFileSync(file, "utf8"));
    if (warnings.length > 0) continue;
    const linter = new Linter({ config: { extends: "bpmnlint:all" }, resolver: new NodeResolver() });
    const results = await linter.lint(rootElement);
    const keys = new Set();
    for (const [rule, reports] of Object.entries(results)) {
      shared.add(rule);
      for (const report of reports) keys.add(`${rule} ${report.id ?? ""}`);
    }
    theirs.set(file, keys);
  } catch {
    continue;
  }
}
const tessera = (paths) => spawnSync(options.tessera, ["lint", "--no-config", "--format", "json", ...paths], { cwd: where, maxBuffer: 2 ** 30 });
const output = JSON.parse(tessera(files).stdout);
const ours = new Map();
for (const { path, findings } of output.files) {
  ours.set(path, new Set(findings.filter((finding) => shared.has(finding.rule)).map((finding) => `${finding.rule} ${finding.element ?? ""}`)));
}
const totals = new Map();
const count = (key, side) => {
  const rule = key.split(" ")[0];
  const total = totals.get(rule) ?? { both: 0, tessera: 0, bpmnlint: 0 };
  total[side] += 1;
  totals.set(rule, total);
};
for (const [file, keys] of theirs) {
  const own = ours.get(file) ?? new Set();
  for (const key of new Set([...keys, ...own])) {
    const side = keys.has(key) ? (own.has(key) ? "both" : "bpmnlint") : "tessera";
    count(key, side);
    if (options.list && side !== "both") console.log(`${file}: ${key}: only ${side}`);
  }
}
console.log(`bpmnlint ${VERSION}, ${theirs.size} of ${files.length} files that it can read\n`);
console.log("rule                               both  only tessera  only bpmnlint");
const sum = { both: 0, tessera: 0, bpmnlint: 0 };
for (const [rule, total] of [...totals].sort()) {
  for (const side of Object.keys(sum)) sum[side] += total[side];
  console.log(`${rule.padEnd(32)} ${String(total.both).padStart(6)} ${String(total.tessera).padStart(13)} ${String(total.bpmnlint).padStart(14)}`);
}
console.log(`${"all".padEnd(32)} ${String(sum.both).padStart(6)} ${String(sum.tessera).padStart(13)} ${String(sum.bpmnlint).padStart(14)}\n`);

// How long each takes, start included: the best of some rounds, in turns.
// What they print is thrown away: reading it would be this script's time, not theirs.
const timed = (program, words) => spawnSync(program, words, { cwd: where, stdio: "ignore" });
const programs = {
  tessera: (paths) => timed(options.tessera, ["lint", "--no-config", ...paths]),
  bpmnlint: (paths) => timed(process.execPath, [join(module, "bin/bpmnlint.js"), ...paths]),
};
const milliseconds = (run) => {
  const start = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - start) / 1e6;
};
const middle = [...theirs.keys()].sort((a, b) => statSync(a).size - statSync(b).size).at(Math.floor(theirs.size / 2));
let isWithin = true;
for (const [what, paths] of [["one file", [middle]], ["all files", files]]) {
  const best = { tessera: Infinity, bpmnlint: Infinity };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(programs)) best[name] = Math.min(best[name], milliseconds(() => run(paths)));
  }
  const ratio = best.bpmnlint / best.tessera;
  isWithin &&= ratio >= 1 / BARS[what];
  console.log(`${what}: tessera ${best.tessera.toFixed(1)} ms, bpmnlint ${best.bpmnlint.toFixed(1)} ms: 1/${ratio.toFixed(1)} (bar 1/${Math.round(1 / BARS[what])})`);
}
console.log(`\n${cpus()[0].model}, ${cpus().length} cores, node ${process.version}, ${new Date().toISOString().slice(0, 10)}`);
process.exit(isWithin ? 0 : 1);
