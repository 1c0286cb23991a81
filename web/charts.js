// Charts by uPlot, in the page's colours; each has its figures as a table for
// those who don't see it.
import uPlot from "./uPlot.esm.js";
import {html, useEffect, useRef} from "./preact.js";
import {Empty} from "./ui.js";
import {short_day, time_of_day} from "./words.js";

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
export const palette = () => ["--accent", "--warn", "--blue", "--bad", "--purple", "--pink", "--muted"].map(colour);

/** `make(width)` gives uPlot's options; the chart is made anew when the size or
    the appearance changes, and else only its data. */
export function Chart({make, data, label}) {
  const box = useRef(null);
  const plot = useRef(null);
  useEffect(() => {
    const build = () => {
      if (plot.current) plot.current.destroy();
      const width = Math.max(220, box.current.clientWidth);
      plot.current = new uPlot(make(width), data, box.current);
    };
    build();
    let last = box.current.clientWidth;
    const sized = new ResizeObserver(() => {
      if (Math.abs(box.current.clientWidth - last) < 2) return;
      last = box.current.clientWidth;
      plot.current.setSize({width: Math.max(220, last), height: plot.current.height});
    });
    sized.observe(box.current);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", build);
    const theme = new MutationObserver(build);
    theme.observe(document.documentElement, {attributes: true, attributeFilter: ["data-theme"]});
    return () => {
      sized.disconnect(); theme.disconnect(); dark.removeEventListener("change", build);
      plot.current.destroy(); plot.current = null;
    };
  }, [JSON.stringify(data.map(d => d.length))]);
  useEffect(() => { if (plot.current) plot.current.setData(data); }, [JSON.stringify(data)]);
  return html`<div class="chart" role="img" aria-label=${label} ref=${box}></div>`;
}

const axis = () => ({stroke: colour("--muted"), grid: {stroke: colour("--line"), width: 1}, ticks: {show: false},
                     font: "12px system-ui, sans-serif"});

/** Turns over time, and beside each the share that it should be. */
export function Turns({curves, zone}) {
  const data = [curves.at_s];
  const series = [{label: "time"}];
  const colours = palette();
  curves.agents.forEach((a, i) => {
    data.push(a.got, a.should_hundredths.map(n => n / 100));
    series.push({label: a.name, stroke: colours[i % colours.length], width: 2},
                {label: "should", stroke: colours[i % colours.length], width: 1, dash: [4, 4], points: {show: false}});
  });
  const make = width => ({
    width, height: 240, series, tzDate: ts => uPlot.tzDate(new Date(ts * 1000), zone), cursor: {y: false},
    scales: {y: {range: (u, low, high) => [0, Math.max(1, high * 1.05)]}},
    padding: [null, 24, null, null],
    axes: [{...axis(), space: 72, values: (u, at) => at.map(s => u.scales.x.max - u.scales.x.min > 129_600
      ? short_day(s * 1000, zone) : time_of_day(s * 1000, zone))}, {...axis(), size: 48}],
  });
  return html`<${Chart} make=${make} data=${data} label=${"Turns over time: " + curves.agents.map(a => `${a.name} ${a.got[a.got.length - 1] || 0}`).join(", ")}/>
    <p class="small muted key">Solid: the turns that they got. Dashed: what they should have got.</p>`;
}

/** How many of each length. */
export function Lengths({counts, label}) {
  const names = counts.map((c, i) => c.up_to_s === null ? "more"
    : c.up_to_s < 60 ? `${c.up_to_s} s` : c.up_to_s < 3600 ? `${c.up_to_s / 60} min` : c.up_to_s < 86400 ? `${c.up_to_s / 3600} h` : "1 day");
  if (!counts.some(c => c.count)) return html`<${Empty}>Nothing to count in this time.</${Empty}>`;
  const data = [counts.map((c, i) => i), counts.map(c => c.count)];
  const make = width => ({
    width, height: 180, legend: {show: false}, cursor: {show: false},
    scales: {x: {time: false, range: [-.6, counts.length - .4]}, y: {range: (u, low, high) => [0, Math.max(1, high * 1.1)]}},
    series: [{}, {label: "count", stroke: colour("--accent"), fill: colour("--accent"), paths: uPlot.paths.bars({size: [.7, 60]}), points: {show: false}}],
    axes: [{...axis(), grid: {show: false}, splits: () => data[0], values: () => names}, {...axis(), size: 36}],
  });
  return html`<div class="body"><${Chart} make=${make} data=${data} label=${label + ": " + counts.map((c, i) => `up to ${names[i]}: ${c.count}`).join(", ")}/></div>`;
}
