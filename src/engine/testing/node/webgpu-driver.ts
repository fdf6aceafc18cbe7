/**
 * Whether Dawn can find a graphics driver. On Linux it is found by variables that scripts/unit.mjs sets before Vitest starts
 * (Chromium's SwiftShader), or that the person sets for a GPU; by itself `npx vitest` skips the tests on WebGPU.
 */
export function missingDriver(): string | null {
  if (process.platform !== 'linux' || process.env.VK_DRIVER_FILES) return null;
  return 'no Vulkan driver named by VK_DRIVER_FILES; `npm run test:unit` uses the one of Chromium';
}
