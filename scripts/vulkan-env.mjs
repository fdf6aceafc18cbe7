/**
 * What Dawn (WebGPU in Node) finds a Vulkan driver by: Chromium brings SwiftShader, a software one, and the Vulkan loader. The
 * loader is found by LD_LIBRARY_PATH, which counts only if it is set before a process starts. Plain Node.
 */
import { existsSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { findChromium } from './chromium.mjs';

const DRIVER = 'vk_swiftshader_icd.json';
const NEEDED = [DRIVER, 'libvk_swiftshader.so', 'libvulkan.so.1'];
/** Where packages put what a script on the PATH starts. */
const PACKAGED = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];

/**
 * Variables for the environment of a child process. Empty where nothing is needed (macOS, Windows, a driver that the person
 * has named by VK_DRIVER_FILES) and where no Chromium is found: tests on WebGPU are then skipped.
 */
export async function vulkanEnv() {
  if (process.platform !== 'linux' || process.env.VK_DRIVER_FILES) return {};
  const folder = await findDriverFolder();
  if (!folder) return {};
  const libraries = [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
  return {
    VK_DRIVER_FILES: join(folder, DRIVER),
    LD_LIBRARY_PATH: libraries,
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
  };
}

async function findDriverFolder() {
  const chromium = await findChromium();
  const folders = [...(chromium ? [dirname(realpathSync(chromium))] : []), ...PACKAGED];
  return folders.find((folder) => NEEDED.every((file) => existsSync(join(folder, file)))) ?? null;
}
