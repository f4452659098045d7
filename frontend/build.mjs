// Builds frontend/src into equipage/web/static/dist: app.js, app.css and the fonts they need.
// File names carry no hash here: Django's manifest storage adds one when static files are collected.
import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import subsetFont from "subset-font";
import { icon } from "./icons.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const source = join(root, "frontend", "src");
const target = join(root, "equipage", "web", "static", "dist");
const printFonts = join(root, "node_modules", "@expo-google-fonts", "atkinson-hyperlegible-next");

// The four faces the PDF documents use; the browser has its own, smaller, variable file.
const faces = {
  "400Regular": "Regular",
  "400Regular_Italic": "Italic",
  "700Bold": "Bold",
  "700Bold_Italic": "BoldItalic",
};

// What French pages are written with, in the weights that styles ask for: half the bytes of a first visit are the font.
const ranges = [[0x20, 0x7e], [0xa0, 0xff]];
const signs = "ŒœŸ–—‘’“”„…‹›€•·−×→←↑↓✓\u2009\u2011\u202f";
const weights = { min: 400, max: 700, default: 400 };

async function lightenScreenFont() {
  const letters = ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  const text = String.fromCodePoint(...letters) + signs;
  const place = join(target, "fonts", "atkinson-hyperlegible-next-latin-wght-normal.woff2");
  const light = await subsetFont(await readFile(place), text, {
    targetFormat: "woff2",
    variationAxes: { wght: weights },
  });
  await writeFile(place, light);
}

// Every .ts file directly in frontend/src is an entry of its own, so that a heavy page can have its own script.
async function entries() {
  const names = await readdir(source);
  return names.filter((name) => /\.(ts|css)$/.test(name) && !name.endsWith(".d.ts")).map((name) => join(source, name));
}

async function copyPrintFonts() {
  await mkdir(join(target, "fonts"), { recursive: true });
  for (const [folder, face] of Object.entries(faces)) {
    const name = `AtkinsonHyperlegibleNext_${folder}.ttf`;
    await cp(join(printFonts, folder, name), join(target, "fonts", `AtkinsonHyperlegibleNext-${face}.ttf`));
  }
  await cp(join(printFonts, "LICENSE_FONT"), join(target, "fonts", "LICENSE.txt"));
}

// The icons of the installed application: what phones ask for, and one that they may cut to their own shape.
async function drawIcons() {
  const folder = join(target, "icons");
  await mkdir(folder, { recursive: true });
  const wanted = { "icon-192": [192, 0.94], "icon-512": [512, 0.94], "touch-180": [180, 0.8], "maskable-512": [512, 0.62] };
  for (const [name, [size, room]] of Object.entries(wanted)) {
    await writeFile(join(folder, `${name}.png`), icon(size, room));
  }
}

async function weigh() {
  for (const name of (await readdir(target)).sort()) {
    const { size } = await stat(join(target, name));
    if (/\.(js|css)$/.test(name)) console.log(`${name} ${size}`);
  }
}

await rm(target, { recursive: true, force: true });
await build({
  entryPoints: await entries(),
  outdir: target,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome111", "firefox115", "safari16.4"],
  loader: { ".woff2": "file", ".svg": "file" },
  assetNames: "fonts/[name]",
  legalComments: "linked",
  logLevel: "warning",
});
await lightenScreenFont();
await copyPrintFonts();
await drawIcons();
await weigh();
