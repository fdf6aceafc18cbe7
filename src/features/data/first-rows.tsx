/** The first rows: as the model will see them, or as they were read while it is not settled what is text and what label. */
import { PreviewTable } from '../../components/preview-table.tsx';
import { RawTable } from '../../components/raw-table.tsx';
import type { OpenedDataset } from '../../data/types.ts';

export interface FirstRowsProps {
  readonly dataset: OpenedDataset;
  /** Shows a text whole instead of its first two lines. */
  readonly whole?: boolean;
}

export function FirstRows({ dataset: { summary, profile }, whole = false }: FirstRowsProps) {
  if (!profile) return <RawTable {...summary} />;
  return (
    <PreviewTable
      rows={profile.preview}
      labels={profile.classes.map(({ label }) => label)}
      separator={profile.separator}
      textColumn={summary.columns[profile.choice.text]?.name ?? 'Text'}
      secondTextColumn={summary.columns[profile.choice.secondText ?? -1]?.name ?? null}
      labelColumn={profile.choice.labels ? 'Labels' : (summary.columns[profile.choice.label]?.name ?? 'Label')}
      whole={whole}
    />
  );
}
