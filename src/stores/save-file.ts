/** Saves a blob as a download: the browser asks, or puts it where downloads go. */

/** How long the browser may take to fetch the blob before its address is given up, in milliseconds. */
const KEEP_ADDRESS = 60_000;

export function saveFile(fileName: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = fileName;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), KEEP_ADDRESS);
}
