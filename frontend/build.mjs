// Bundles the sources into the two files that every page loads.
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
