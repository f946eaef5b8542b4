import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// One entry for each product: the office window now, the operators' console later. Nothing is inlined, because the
// window's content security policy allows files of the app and nothing else.
export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: ["safari15", "chrome110"],
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: { input: { office: "office.html" } },
  },
});
