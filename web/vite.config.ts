/** Builds the page into dist/web, for the server to serve. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compress } from './build/compress.ts';
import { listOperations } from './build/list-operations.ts';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), listOperations(), compress()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // Inlined data: URLs would need a weaker policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Compressing well takes longer than bundling.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  // The API is the server's: run it with `npm run dev`, and this beside it.
  server: {
    proxy: { '/graphql': { target: process.env['CURFEW_URL'] ?? 'http://localhost:4000', ws: true } },
  },
});
