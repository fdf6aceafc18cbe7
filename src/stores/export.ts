/** Taking the model away: the trainer worker writes the zip, the browser saves it. */
import { createStore } from 'zustand/vanilla';
import type { ExportForm } from '../protocol/trainer.ts';
import { problemsStore, report } from './problems.ts';
import { call } from './workers.ts';

/** How long the browser may take to fetch the blob before its address is given up, in milliseconds. */
const KEEP_ADDRESS = 60_000;

export interface ExportState {
  readonly packing: boolean;
  /** The last zip's size in bytes, null before the first. */
  readonly bytes: number | null;
  /** Saves the zip; the form is asked for where the model was trained with LoRA. */
  download(form?: ExportForm): Promise<void>;
}

function save(fileName: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = fileName;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), KEEP_ADDRESS);
}

export const exportStore = createStore<ExportState>()((set, get) => ({
  packing: false,
  bytes: null,
  async download(form = 'merged') {
    if (get().packing) return;
    problemsStore.getState().clear('export');
    set({ packing: true });
    try {
      const { fileName, zip } = await call((link) => link.trainer.exportModel(form));
      set({ bytes: zip.size });
      save(fileName, zip);
    } catch (error) {
      report('export', error, 'The download');
    } finally {
      set({ packing: false });
    }
  },
}));
