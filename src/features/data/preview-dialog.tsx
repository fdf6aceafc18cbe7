/** The first ten rows with their whole texts. */
import { Dialog } from '../../components/dialog.tsx';
import type { OpenedDataset } from '../../data/types.ts';
import { FirstRows } from './first-rows.tsx';

export interface PreviewDialogProps {
  readonly dataset: OpenedDataset;
  readonly onClose: () => void;
}

export default function PreviewDialog({ dataset, onClose }: PreviewDialogProps) {
  return (
    <Dialog onClose={onClose} title={`The first rows of ${dataset.summary.name}`} size="xl">
      <FirstRows dataset={dataset} whole />
    </Dialog>
  );
}
