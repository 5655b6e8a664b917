// Draws the charts in the page's colours and opens the section that a link points to.
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function template() {
  const style = getComputedStyle(document.documentElement);
  const axis = { gridcolor: colour("line"), linecolor: colour("line"), zerolinecolor: colour("line"), fixedrange: true, automargin: true, title: { standoff: 8 } };
  return {
    layout: {
      font: { color: colour("text"), family: style.fontFamily, size: 12 },
      paper_bgcolor: "transparent",
      plot_bgcolor: "transparent",
      colorway: [colour("dev"), colour("test"), colour("other")],
      margin: { l: 48, r: 8, t: 8, b: 40 },
      legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom" },
      dragmode: false,
      showlegend: true,
      modebar: { bgcolor: "transparent", color: colour("muted"), activecolor: colour("text") },
      colorscale: { sequential: [[0, colour("dev")], [1, colour("test")]] },
      bargap: 0.3,
      xaxis: { ...axis, showgrid: false },
      yaxis: axis,
      hoverlabel: { bgcolor: colour("surface"), bordercolor: colour("line"), font: { color: colour("text") } },
    },
    data: {
      bar: [{ error_y: { color: colour("text"), thickness: 1.2, width: 5 }, hovertemplate: "%{x}: %{y:.2f}" }],
      heatmap: [{
        colorscale: [[0, colour("heat-low")], [1, colour("heat-high")]],
        showscale: false, xgap: 1, ygap: 1,
        hovertemplate: "gold %{y}, predicted %{x}: %{z}<extra></extra>",
      }],
    },
  };
}

function draw(chart) {
  const named = (key, value) => (/^(bg)?color$/.test(key) && typeof value === "string" ? colour(value) : value); // colours of style.css
  const figure = JSON.parse(document.getElementById(`${chart.id}-data`).textContent, named);
  const options = { displaylogo: false, modeBarButtons: [["toImage"]], responsive: true, toImageButtonOptions: { filename: chart.id, format: "svg" } };
  Plotly.react(chart, figure.data, { ...figure.layout, template: template() }, options);
}

function drawVisible(root) {
  for (const chart of root.querySelectorAll(".chart")) {
    if (!chart.closest("details:not([open])")) draw(chart);
  }
}

function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement && !target.open) {
    target.open = true;
    target.scrollIntoView();
  }
}

document.addEventListener("toggle", (event) => event.target.open && drawVisible(event.target), true);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link && link.hash === location.hash) reveal(); // the address does not change, so no event tells
});
addEventListener("hashchange", reveal);
dark.addEventListener("change", () => drawVisible(document));
drawVisible(document);
reveal();
