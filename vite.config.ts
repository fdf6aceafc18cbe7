/** How the page is bundled and served. Relative base: dist/ works in any folder of any static host. */
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

/** Cross-origin isolation, without which there is no SharedArrayBuffer and the CPU engine has one thread. */
const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * Nothing from elsewhere, no inline script, no eval, no websocket. 'wasm-unsafe-eval' lets our own WebAssembly compile. A person may name
 * any host to fetch from (a hub, a dataset's URL, a tracking server), so the policy allows https and this machine; the service
 * worker refuses each that nobody asked for.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "worker-src 'self'",
  "connect-src 'self' https: http://localhost:* http://127.0.0.1:*",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The policy in the page itself, for static hosts that send no header. Not while developing: hot reload needs inline scripts. */
function contentSecurityPolicy(): Plugin {
  return {
    name: 'tabtune-content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: CONTENT_SECURITY_POLICY },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/**
 * workers/service.worker.ts with the list of all files that the page works from, the starter and the sample among them.
 * (package.json gives the plugin's rollup as WebAssembly: its native builds are not in every registry. Vite itself uses rolldown.)
 */
function serviceWorker() {
  return VitePWA({
    strategies: 'injectManifest',
    srcDir: 'workers',
    filename: 'service.worker.ts',
    injectRegister: false,
    injectManifest: {
      globPatterns: ['**/*.{html,js,css,wasm,woff2,svg,png,json,safetensors,csv,webmanifest}'],
      maximumFileSizeToCacheInBytes: 64 * 2 ** 20,
    },
    manifest: {
      name: 'Tabtune',
      short_name: 'Tabtune',
      description: 'Fine-tune a BERT text classifier in the browser, on your own machine.',
      start_url: './',
      display: 'standalone',
      background_color: '#ffffff',
      theme_color: '#ffffff',
      icons: [{ src: 'icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
    },
  });
}

export default defineConfig({
  base: './',
  // A missing file is a 404, never index.html in disguise.
  appType: 'mpa',
  plugins: [react(), contentSecurityPolicy(), serviceWorker()],
  build: {
    // Workers start with top-level await.
    target: 'es2023',
    // The workers' chunks hold tfjs; the page's own first download is measured in bench/RESULTS.md.
    chunkSizeWarningLimit: 2000,
  },
  worker: { format: 'es' },
  server: { headers: ISOLATION_HEADERS, watch: { ignored: ['**/.venv/**', '**/test-results/**'] } },
  preview: { headers: { ...ISOLATION_HEADERS, 'Content-Security-Policy': CONTENT_SECURITY_POLICY } },
});
