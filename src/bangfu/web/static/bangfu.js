// Small helps that every page has. No page needs them to work, but for charts.
"use strict";
(() => {
  // A draft: what is typed in a form marked data-draft stays on this device until it was received.
  const PREFIX = "bangfu-draft:";
  const fieldsOf = (form) =>
    [...form.elements].filter(
      (f) => f.name && !["hidden", "password", "file", "submit"].includes(f.type) && !("nodraft" in f.dataset),
    );
  const save = (form) => {
    const kept = {};
    for (const f of fieldsOf(form)) {
      if (f.type === "checkbox" || f.type === "radio") {
        if (f.checked) (kept[f.name] = kept[f.name] || []).push(f.value);
      } else if (f.value) kept[f.name] = [f.value];
    }
    // The key goes with the draft: sent again after the line dropped, it is still the same submission.
    const key = form.elements["_submission"];
    localStorage.setItem(PREFIX + form.dataset.draft, JSON.stringify({ key: key && key.value, kept }));
  };
  const restore = (form) => {
    const text = localStorage.getItem(PREFIX + form.dataset.draft);
    if (!text || form.querySelector(".is-invalid")) return;
    const { key, kept } = JSON.parse(text);
    for (const f of fieldsOf(form)) {
      const values = kept[f.name];
      if (!values) continue;
      if (f.type === "checkbox" || f.type === "radio") f.checked = values.includes(f.value);
      else if (!f.value) f.value = values[0];
    }
    if (key && form.elements["_submission"]) form.elements["_submission"].value = key;
    const note = document.getElementById("draft-note");
    if (note) note.hidden = false;
  };
  // What the server says it received needs no draft any more; its key must not serve another form.
  const cookie = document.cookie.split("; ").find((c) => c.startsWith("received="));
  if (cookie) {
    const key = decodeURIComponent(cookie.slice("received=".length));
    for (const name of Object.keys(localStorage))
      if (name.startsWith(PREFIX) && JSON.parse(localStorage.getItem(name)).key === key) localStorage.removeItem(name);
    document.cookie = "received=; max-age=0; path=/; samesite=lax";
  }
  for (const form of document.querySelectorAll("form[data-draft]")) {
    restore(form);
    form.addEventListener("input", () => save(form));
    form.addEventListener("submit", (event) => {
      save(form);
      if (!navigator.onLine) {
        event.preventDefault();
        document.body.classList.add("offline");
      }
    });
  }
  // The page after a submission names the drafts that were received.
  const received = document.body.dataset.received;
  if (received) localStorage.removeItem(PREFIX + received);
  if (document.body.dataset.leaving !== undefined)
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);

  const line = () => document.body.classList.toggle("offline", !navigator.onLine);
  addEventListener("online", line);
  addEventListener("offline", line);
  line();

  for (const found of document.querySelectorAll("[data-focus]")) found.focus();
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-print]");
    if (target) window.print();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
    if (event.target.matches("[data-select-all]"))
      for (const box of document.querySelectorAll(event.target.dataset.selectAll)) box.checked = event.target.checked;
  });

  // What a line suggests may depend on a choice beside it; where nothing is picked it asks nothing.
  document.addEventListener("htmx:configRequest", (event) => {
    const line = event.target;
    if (!line.dataset.pickBy) return;
    const at = JSON.parse(line.dataset.pickAt)[line.form.elements[line.dataset.pickBy].value];
    if (at) event.detail.path = at;
    else event.preventDefault();
  });

  // Keyboard in tables: up and down move between rows, enter opens the row's first link.
  document.addEventListener("keydown", (event) => {
    const row = event.target.closest && event.target.closest("table[data-rows] tbody tr");
    if (!row || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    const next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
    const link = next && next.querySelector("a, input");
    if (link) {
      link.focus();
      event.preventDefault();
    }
  });

  // Charts: an element data-chart="ID" draws the ECharts option in <script type="application/json" id="ID">.
  const draw = (root) => {
    if (!window.echarts) return;
    for (const at of root.querySelectorAll("[data-chart]")) {
      const option = JSON.parse(document.getElementById(at.dataset.chart).textContent);
      // Rich text, since the content policy refuses the styles of an HTML tip.
      option.tooltip = Object.assign({ renderMode: "richText" }, option.tooltip);
      option.animation = false;
      const chart = echarts.init(at, null, { renderer: "svg" });
      chart.setOption(option);
      // What is drawn with a page of its own leads there.
      chart.on("click", (event) => event.data && event.data.href && location.assign(event.data.href));
      addEventListener("resize", () => chart.resize());
      addEventListener("beforeprint", () => chart.resize());
    }
  };
  draw(document);
  document.addEventListener("htmx:load", (event) => draw(event.target));
})();
