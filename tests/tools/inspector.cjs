// Looks at pages for the browser tests: pa11y in the tests' own Chromium, html-validate on what was served.
// One process for all pages. Reads a JSON object a line, {"id", "kind", …}, and answers one a line, {"id", "faults"}.
"use strict";
const readline = require("node:readline");
const { HtmlValidate } = require("html-validate");
const pa11y = require("pa11y");
const puppeteer = require("puppeteer");

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y", "html-validate:document"],
  rules: {
    "no-inline-style": "error",
    "unique-landmark": "error",
    // Style, not validity: a region that scrolls needs its role said; a label may both wrap and name.
    "prefer-native-element": "off",
    "no-redundant-for": "off",
    // A telephone number is shown as its department gives it.
    "tel-non-breaking": "off",
    // A button in a form sends it: that is what we mean.
    "no-implicit-button-type": "off",
    // The sources of our own origin need no hash: they are served with the page.
    "require-sri": "off",
  },
});

/** The browser that the tests drive, seen from here. */
let browser;

const LOOKS = {
  async html({ text }) {
    const report = await validator.validateString(text);
    return report.results.flatMap((result) => result.messages).map(
      (found) => `${found.ruleId}: ${found.message} (line ${found.line}: ${found.selector ?? ""})`,
    );
  },
  async pa11y({ endpoint, target, viewport }) {
    browser ??= await puppeteer.connect({ browserURL: endpoint, defaultViewport: null });
    const found = await browser.waitForTarget((one) => one._targetId === target, { timeout: 5000 });
    const page = await found.page();
    const report = await pa11y(page.url(), {
      browser, page, viewport, ignoreUrl: true, userAgent: "", standard: "WCAG2AA", timeout: 20000,
    });
    return report.issues.map((issue) => `${issue.code}: ${issue.message} (${issue.selector})`);
  },
};

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const asked = JSON.parse(line);
  let answer;
  try {
    answer = { id: asked.id, faults: await LOOKS[asked.kind](asked) };
  } catch (error) {
    answer = { id: asked.id, error: String(error.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}).on("close", async () => {
  await browser?.disconnect();
  process.exit(0);
});
