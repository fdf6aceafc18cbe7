/** After a training with LoRA: the whole model, or the adapter alone. */
import { Radio } from '@mantine/core';
import type { ExportForm } from '../../protocol/trainer.ts';
import classes from './export.module.css';

const FORMS: readonly (readonly [form: ExportForm, label: string])[] = [
  ['merged', 'Whole model'],
  ['adapter', 'LoRA adapter'],
];

export interface ExportFormChoiceProps {
  readonly form: ExportForm;
  readonly onChange: (form: ExportForm) => void;
}

export function ExportFormChoice({ form, onChange }: ExportFormChoiceProps) {
  return (
    <Radio.Group
      label="What to download"
      className={classes.form}
      value={form}
      onChange={(value) => {
        const chosen = FORMS.find(([each]) => each === value);
        if (chosen) onChange(chosen[0]);
      }}
    >
      <div className={classes.forms}>
        {FORMS.map(([value, label]) => (
          <Radio key={value} size="sm" value={value} label={label} />
        ))}
      </div>
    </Radio.Group>
  );
}
