/** The dashboard's looks, by day and by night. @module */

/** One stylesheet for all pages. */
export const STYLESHEET = `:root {
  color-scheme: light dark;
  --paper: light-dark(#f6f7f9, #0e1116);
  --card: light-dark(#ffffff, #161b22);
  --line: light-dark(#e1e5ea, #2a313b);
  --ink: light-dark(#1a2027, #e6eaf0);
  --faint: light-dark(#5b6673, #96a1b0);
  --accent: light-dark(#2453d6, #8ab0ff);
  --second: light-dark(#c2560c, #ffab6b);
  --good: light-dark(#11703c, #56d38a);
  --bad: light-dark(#b3261e, #ff8d85);
  --busy: light-dark(#2453d6, #8ab0ff);
  --wait: light-dark(#7a5a00, #e3bd55);
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
}
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
main:focus { outline: none; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--card); padding: 8px 12px; z-index: 1; }
.top {
  display: flex; align-items: center; gap: 28px; padding: 12px 24px;
  background: var(--card); border-bottom: 1px solid var(--line);
}
.brand { display: flex; align-items: center; gap: 10px; color: var(--ink); font-weight: 650; letter-spacing: -0.01em; }
.brand:hover { text-decoration: none; }
.mark {
  width: 18px; height: 18px; border-radius: 5px;
  background: linear-gradient(135deg, var(--accent), var(--second));
}
nav { display: flex; gap: 18px; }
nav a { color: var(--faint); }
main, footer { max-width: 1180px; margin: 0 auto; padding: 24px; }
footer { color: var(--faint); font-size: 13px; padding-top: 0; }
h1 { display: flex; flex-wrap: wrap; align-items: center; gap: 12px; margin: 0 0 16px; font-size: 26px; line-height: 1.25; letter-spacing: -0.02em; overflow-wrap: anywhere; }
h2 { margin: 32px 0 10px; font-size: 17px; letter-spacing: -0.01em; }
.crumb { margin: 0 0 4px; font-size: 13px; }
.note { color: var(--faint); font-size: 13px; font-weight: 400; }
code, pre { font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', monospace; font-size: 0.88em; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 12px; margin: 0; padding: 0; list-style: none; }
.tile {
  display: flex; align-items: center; justify-content: space-between; gap: 8px; padding: 14px 16px;
  background: var(--card); border: 1px solid var(--line); border-radius: 10px; color: var(--ink);
}
.tile:hover { border-color: var(--accent); text-decoration: none; }
.tile[aria-current] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.tile b { font-size: 24px; font-weight: 620; font-variant-numeric: tabular-nums; }
.badge { display: inline-flex; align-items: center; gap: 6px; color: var(--faint); font-size: 13px; font-weight: 550; white-space: nowrap; }
.badge::before { content: ''; width: 8px; height: 8px; border-radius: 50%; background: currentColor; }
.badge-completed { color: var(--good); }
.badge-failed { color: var(--bad); }
.badge-running { color: var(--busy); }
.badge-queued { color: var(--wait); }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 9px 14px; text-align: left; vertical-align: baseline; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--faint); font-size: 12px; font-weight: 550; white-space: nowrap; }
tbody th { font-weight: 550; overflow-wrap: anywhere; min-width: 150px; }
.files th { min-width: 210px; }
td time { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.metric { margin-right: 10px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.metric bdi { color: var(--faint); }
.owner { min-width: 130px; max-width: 180px; overflow-wrap: anywhere; }
.digest { display: inline-block; min-width: 34ch; overflow-wrap: anywhere; color: var(--faint); }
.progress { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; }
progress { width: 120px; height: 6px; appearance: none; border: 0; border-radius: 3px; overflow: hidden; background: var(--line); }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--accent); }
progress::-moz-progress-bar { background: var(--accent); }
.empty { padding: 28px; text-align: center; color: var(--faint); background: var(--card); border: 1px dashed var(--line); border-radius: 10px; }
.button { display: inline-block; padding: 7px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
.alert { margin: 0 0 16px; padding: 12px 16px; border: 1px solid var(--bad); border-left-width: 4px; border-radius: 8px; background: var(--card); overflow-wrap: anywhere; }
.alert b { color: var(--bad); margin-right: 8px; }
.facts { display: flex; flex-wrap: wrap; gap: 12px 36px; margin: 12px 0 0; }
.facts dt { color: var(--faint); font-size: 12px; }
.facts dd { margin: 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 0 24px; align-items: start; }
.pairs { background: var(--card); border: 1px solid var(--line); border-collapse: separate; border-spacing: 0; border-radius: 10px; }
.pairs tr:first-child > * { border-top: 0; }
.pairs th { width: 45%; color: var(--faint); font-weight: 400; }
.pairs td { overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; }
.chart { margin: 0; padding: 14px 16px 8px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.chart svg { display: block; width: 100%; height: auto; }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 16px; font-weight: 550; }
.legend { display: flex; gap: 14px; font-size: 13px; font-weight: 400; color: var(--faint); }
.legend b { color: var(--ink); font-variant-numeric: tabular-nums; font-weight: 550; }
.key::before { content: ''; display: inline-block; width: 14px; height: 3px; margin-right: 6px; border-radius: 2px; vertical-align: middle; background: var(--accent); }
.key-validation::before { background: var(--second); }
.grid { stroke: var(--line); stroke-width: 1; }
.tick { fill: var(--faint); font-size: 12px; font-variant-numeric: tabular-nums; }
.series { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }
.series-validation { stroke: var(--second); }
.end { fill: var(--accent); }
.end-validation { fill: var(--second); }
details { margin-top: 12px; }
summary { color: var(--faint); font-size: 13px; cursor: pointer; margin-bottom: 8px; }
pre { max-height: 420px; overflow: auto; margin: 0; padding: 14px 16px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
`
