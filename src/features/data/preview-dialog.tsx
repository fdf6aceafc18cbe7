/** The first ten rows with their whole texts. */
import { Dialog } from '../../components/dialog.tsx';
import { PreviewTable, type PreviewTableProps } from '../../components/preview-table.tsx';

export interface PreviewDialogProps extends PreviewTableProps {
  readonly name: string;
  readonly onClose: () => void;
}

export default function PreviewDialog({ name, onClose, ...table }: PreviewDialogProps) {
  return (
    <Dialog onClose={onClose} title={`The first rows of ${name}`} size="xl">
      <PreviewTable {...table} whole />
    </Dialog>
  );
}
