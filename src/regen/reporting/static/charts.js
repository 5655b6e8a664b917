// Draws the charts of a page in its colours and language, and gives them away as pictures and as CSV.
"use strict";

const probe = document.createElement("i");

function colour(name) {
  probe.style.color = `var(--${name})`; // a property of its own would still name the colours of both schemes
  return getComputedStyle(probe).color;
}

function template() {
  const axis = { gridcolor: colour("line"), linecolor: colour("line"), zerolinecolor: colour("line"), fixedrange: true, automargin: true, title: { standoff: 8 } };
  return {
    layout: {
      font: { color: colour("text"), family: getComputedStyle(document.documentElement).fontFamily, size: 12 },
      paper_bgcolor: colour("page"),
      plot_bgcolor: "transparent",
      colorway: [colour("dev"), colour("test"), colour("other")],
      margin: { l: 48, r: 8, t: 8, b: 40 },
      legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom" },
      dragmode: false,
      showlegend: true,
      colorscale: { sequential: [[0, colour("dev")], [1, colour("test")]] },
      bargap: 0.3,
      xaxis: { ...axis, showgrid: false },
      yaxis: axis,
      hoverlabel: { bgcolor: colour("surface"), bordercolor: colour("line"), font: { color: colour("text") } },
    },
    data: {
      bar: [{ error_y: { color: colour("text"), thickness: 1.2, width: 5 }, hovertemplate: "%{x}: %{y:.2f}" }],
      heatmap: [{ colorscale: [[0, colour("heat-low")], [1, colour("heat-high")]], showscale: false, xgap: 1, ygap: 1 }],
    },
  };
}

function figure(chart, reviver) {
  return JSON.parse(document.getElementById(`${chart.id}-data`).textContent, reviver);
}

function draw(chart) {
  const chinese = document.documentElement.lang === "zh" ? figure(chart).zh : {};
  const shown = (key, value) => {
    if (typeof value !== "string") return value;
    if (/^(bg)?color$/.test(key)) return colour(value); // figures name colours of style.css
    return /^(text|name|hovertemplate)$/.test(key) ? (chinese[value] ?? value) : value;
  };
  const { data, layout } = figure(chart, shown);
  chart.dataset.drawn = document.documentElement.lang;
  return Plotly.react(chart, data, { ...layout, template: template() }, { displayModeBar: false, responsive: true });
}

function values(list) {
  return Array.isArray(list) ? list : [];
}

function plain(value) {
  return new DOMParser().parseFromString(String(value ?? ""), "text/html").body.textContent; // Plotly's labels are HTML
}

// One row per point of a trace: those of a heat map by gold and predicted label, others with their interval.
function points(trace) {
  if (trace.type === "heatmap") {
    return trace.z.flatMap((row, i) => row.map((count, j) => ({ gold: trace.y[i], predicted: trace.x[j], count })));
  }
  const [xs, ys] = [values(trace.x), values(trace.y)];
  const texts = values(trace.text);
  const errors = trace.error_y ?? {};
  const above = values(errors.array);
  const below = values(errors.arrayminus ?? errors.array);
  return xs.map((x, i) => ({
    series: trace.name,
    x,
    y: ys[i],
    low: i in below ? ys[i] - below[i] : undefined,
    high: i in above ? ys[i] + above[i] : undefined,
    text: texts[i],
  }));
}

function csv(chart) {
  const rows = figure(chart).data.flatMap(points);
  const columns = ["series", "gold", "predicted", "count", "x", "y", "low", "high", "text"].filter((name) => rows.some((row) => row[name] !== undefined));
  const field = (value) => {
    const text = plain(typeof value === "number" ? Number(value.toPrecision(12)) : value); // 70.4, not 70.39999999999999
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows.map((row) => columns.map((name) => row[name]))].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function give(chart, format) {
  if (format === "csv") return save(`${chart.id}.csv`, csv(chart));
  await draw(chart);
  const { width, height } = chart.getBoundingClientRect();
  return Plotly.downloadImage(chart, { filename: chart.id, format, width, height, scale: format === "png" ? 2 : 1 });
}

const watcher = new IntersectionObserver(
  (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
    watcher.unobserve(entry.target);
    draw(entry.target);
  }),
  { rootMargin: "400px" },
);

document.body.append(probe);
document.querySelectorAll(".chart").forEach((chart) => watcher.observe(chart));
document.addEventListener("restyle", () => document.querySelectorAll(".chart[data-drawn]").forEach(draw));
addEventListener("beforeprint", () => document.querySelectorAll(".chart:not([data-drawn])").forEach(draw));
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-chart]");
  if (button) give(document.getElementById(button.dataset.chart), button.dataset.format);
});
