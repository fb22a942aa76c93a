// Bars from the numbers a page carries: <canvas data-chart='[{"label", "title", "amount", "text"}]'>. The table behind says the same.
(function () {
  "use strict";
  const drawn = new WeakMap();

  function colour(name, otherwise) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || otherwise;
  }

  function draw(canvas) {
    if (drawn.has(canvas) || !window.Chart) return;
    const points = JSON.parse(canvas.dataset.chart);
    const quiet = colour("--secondary60", "#5e637a");
    drawn.set(canvas, new window.Chart(canvas, {
      type: "bar",
      data: {
        labels: points.map((point) => point.label),
        datasets: [{
          data: points.map((point) => point.amount),
          backgroundColor: colour("--primary40", "#3c64f4"),
          hoverBackgroundColor: colour("--primary60", "#0b38d9"),
          borderRadius: 3,
          maxBarThickness: 48,
        }],
      },
      options: {
        animation: false,
        maintainAspectRatio: false,
        interaction: { mode: "index", intersect: false },
        plugins: {
          legend: { display: false },
          tooltip: {
            displayColors: false,
            callbacks: {
              title: (items) => points[items[0].dataIndex].title,
              label: (item) => points[item.dataIndex].text,
              afterLabel: (item) => points[item.dataIndex].orders + (points[item.dataIndex].orders === 1 ? " order" : " orders"),
            },
          },
        },
        scales: {
          x: { grid: { display: false }, ticks: { color: quiet, maxRotation: 0, autoSkipPadding: 12 } },
          y: { beginAtZero: true, ticks: { color: quiet, maxTicksLimit: 6, callback: (value) => value.toLocaleString("en-US") } },
        },
      },
    }));
  }

  function all(root) {
    (root.querySelectorAll ? root : document).querySelectorAll("canvas[data-chart]").forEach(draw);
  }

  document.addEventListener("htmx:beforeCleanupElement", (event) => {
    const chart = drawn.get(event.detail.elt);
    if (chart) { chart.destroy(); drawn.delete(event.detail.elt); }
  });
  document.addEventListener("htmx:load", (event) => all(event.detail.elt));
  all(document);
})();
