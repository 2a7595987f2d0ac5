// Bundles the sources into the two files that every page loads, and lays out the fonts of the PDFs.
import { cpSync } from "node:fs";
import { build } from "esbuild";

await build({
  entryPoints: ["src/app.ts", "src/app.css"],
  outdir: "../src/stageapp/core/static/build",
  bundle: true,
  minify: true,
  target: ["es2022", "safari16.4"],
  format: "iife",
  logLevel: "warning",
});

// A PDF carries its fonts: without them a sign would be missing on one machine and not on another.
for (const font of [
  "noto-sans/400Regular/NotoSans_400Regular.ttf",
  "noto-sans/700Bold/NotoSans_700Bold.ttf",
  "noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf",
  "noto-sans-arabic/700Bold/NotoSansArabic_700Bold.ttf",
  "noto-emoji/400Regular/NotoEmoji_400Regular.ttf",
])
  cpSync(
    `node_modules/@expo-google-fonts/${font}`,
    `../src/stageapp/exports/typst/fonts/${font.split("/").at(-1)}`,
  );
