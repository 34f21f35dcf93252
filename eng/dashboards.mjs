// Writes the dashboards from infra/dashboards/panels.json: for Grafana over Prometheus and over Azure Monitor, and as a workbook of Azure.
// With --check nothing is written, and the exit code says whether they are up to date.
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const infra = join(dirname(dirname(fileURLToPath(import.meta.url))), "infra");
const { title, rows } = JSON.parse(fs.readFileSync(join(infra, "dashboards", "panels.json"), "utf8"));
const panels = rows.flatMap((row) => row.panels);

/** A panel's query of the workspace's table of metrics; the host gives the conditions of time. */
function kql({ metrics, value, by }, within, grain) {
  const names = metrics.map((name) => `'${name}'`).join(", ");
  const series = by ? `tostring(Properties['${by}'])` : "Name";
  return [
    "AppMetrics",
    `where ${within}`,
    `where Name in (${names})`,
    `summarize Value = ${value} by bin(TimeGenerated, ${grain}), Series = ${metrics.length > 1 && by ? `strcat(Name, ' ', ${series})` : series}`,
    "order by TimeGenerated asc",
  ].join("\n| ");
}

/** Panels side by side, two in a row, under the title of their group. */
function laidOut(panelOf) {
  const result = [];
  let [y, id] = [0, 1];
  for (const row of rows) {
    result.push({ id: id++, type: "row", title: row.title, collapsed: false, gridPos: { x: 0, y: y++, w: 24, h: 1 }, panels: [] });
    row.panels.forEach((panel, i) => {
      result.push({
        id: id++,
        type: "timeseries",
        title: panel.title,
        gridPos: { x: (i % 2) * 12, y: y + Math.floor(i / 2) * 8, w: 12, h: 8 },
        fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
        ...panelOf(panel),
      });
    });
    y += Math.ceil(row.panels.length / 2) * 8;
  }
  return result;
}

function grafana(uid, type, variables, panelOf) {
  const source = { name: "source", label: "Data source", type: "datasource", query: type, refresh: 1 };
  return {
    uid,
    title,
    tags: ["serverlesshub"],
    schemaVersion: 39,
    editable: false,
    refresh: "1m",
    time: { from: "now-6h", to: "now" },
    templating: { list: [source, ...variables] },
    panels: laidOut((panel) => ({ datasource: { type, uid: "$source" }, ...panelOf(panel) })),
  };
}

const letter = (i) => String.fromCharCode(65 + i);

const prometheus = grafana("serverlesshub-prometheus", "prometheus", [], (panel) => ({
  targets: panel.prometheus.map(({ query, legend }, i) => ({ refId: letter(i), expr: query, legendFormat: legend })),
}));

const workspace = { name: "workspace", label: "Workspace (resource id)", type: "textbox", query: "" };
const azureMonitor = grafana("serverlesshub-azure", "grafana-azure-monitor-datasource", [workspace], (panel) => ({
  targets: [
    {
      refId: "A",
      queryType: "Azure Log Analytics",
      azureLogAnalytics: {
        query: kql(panel.azure, "$__timeFilter(TimeGenerated)", "$__interval"),
        resources: ["$workspace"],
        resultFormat: "time_series",
      },
    },
  ],
}));

const time = {
  type: 9,
  name: "time",
  content: {
    version: "KqlParameterItem/1.0",
    style: "pills",
    parameters: [
      {
        version: "KqlParameterItem/1.0",
        name: "TimeRange",
        type: 4,
        isRequired: true,
        value: { durationMs: 21600000 },
        typeSettings: { selectableValues: [3600000, 21600000, 86400000, 604800000].map((durationMs) => ({ durationMs })) },
      },
    ],
  },
};

const workbook = {
  version: "Notebook/1.0",
  items: [
    time,
    ...rows.flatMap((row) => [
      { type: 1, name: row.title, content: { json: `## ${row.title}` } },
      ...row.panels.map((panel) => ({
        type: 3,
        name: panel.title,
        customWidth: "50",
        content: {
          version: "KqlItem/1.0",
          query: kql(panel.azure, "TimeGenerated {TimeRange}", "{TimeRange:grain}"),
          size: 1,
          title: panel.title,
          queryType: 0,
          resourceType: "microsoft.operationalinsights/workspaces",
          visualization: "timechart",
        },
      })),
    ]),
  ],
};

const stale = Object.entries({
  "dashboards/prometheus.json": prometheus,
  "dashboards/azure-monitor.json": azureMonitor,
  "workbooks/hub.json": workbook,
}).filter(([file, content]) => {
  const [path, text] = [join(infra, file), `${JSON.stringify(content, null, 2)}\n`];
  if (fs.existsSync(path) && fs.readFileSync(path, "utf8") === text) return false;
  if (!process.argv.includes("--check")) fs.writeFileSync(path, text);
  return true;
});

if (process.argv.includes("--check") && stale.length > 0) {
  console.error(`infra/${stale.map(([file]) => file).join(", infra/")}: stale; write them anew with: node eng/dashboards.mjs`);
  process.exitCode = 1;
} else {
  console.log(`${panels.length} panels`);
}
