/** Taking the model away: the trainer worker writes the zip, the browser saves it. */
import { createStore } from 'zustand/vanilla';
import type { ExportForm } from '../protocol/trainer.ts';
import { problemsStore, report } from './problems.ts';
import { saveFile } from './save-file.ts';
import { call } from './workers.ts';

export interface ExportState {
  readonly packing: boolean;
  /** The last zip's size in bytes, null before the first. */
  readonly bytes: number | null;
  /** Saves the zip; the form is asked for where the model was trained with LoRA. */
  download(form?: ExportForm): Promise<void>;
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
      saveFile(fileName, zip);
    } catch (error) {
      report('export', error, 'The download');
    } finally {
      set({ packing: false });
    }
  },
}));
