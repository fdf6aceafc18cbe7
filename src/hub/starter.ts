/** The model that comes with the page, fetched from where the page is and opened like any other folder. */
import { downloadAll, type ByteProgress } from './download.ts';
import { memoryFile } from './folder-files.ts';
import { openFolder, type ModelFolder } from './model-folder.ts';

const FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'];

/**
 * `baseUrl` is the folder `models/starter/` of the page, with its last slash. `onProgress` gets bytes of all files together. Throws
 * `Problem` when it cannot be had.
 */
export async function openStarter(
  baseUrl: string | URL,
  onProgress: ByteProgress = () => undefined,
  fetcher: typeof fetch = fetch,
): Promise<ModelFolder> {
  const contents = await downloadAll(
    FILES.map((name) => new URL(name, baseUrl)),
    onProgress,
    fetcher,
  );
  const files = FILES.map((path, i) => memoryFile(path, contents[i] ?? new Uint8Array(0)));
  return openFolder('Starter', files);
}
