/** How the page is bundled and served. Relative base: dist/ works in any folder of any static host. */
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Cross-origin isolation, without which there is no SharedArrayBuffer and the CPU engine has one thread. */
const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** The Hugging Face hub, and the hosts of its own that it sends downloads of large files to. Models come from there; nothing goes there. */
const HUB_HOSTS = ['https://huggingface.co', 'https://*.huggingface.co', 'https://*.hf.co'];

/**
 * Nothing from elsewhere but models of the hub, no inline script, no eval. 'wasm-unsafe-eval' lets our own WebAssembly
 * compile.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "worker-src 'self'",
  `connect-src 'self' ${HUB_HOSTS.join(' ')}`,
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

export default defineConfig({
  base: './',
  // A missing file is a 404, never index.html in disguise.
  appType: 'mpa',
  plugins: [react(), contentSecurityPolicy()],
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
