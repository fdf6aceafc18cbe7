/**
 * Which colour a class has. A class keeps it everywhere: its place among the data's classes decides, and a class that only the
 * model knows takes a place behind them. The colours are custom properties in theme.css (Okabe and Ito's palette first, chosen
 * to stay apart for colour-blind eyes); a name always stands beside a colour.
 */
export const CLASS_COLORS = 12;

export function classColor(place: number): string {
  return `var(--class-${place % CLASS_COLORS})`;
}

/** The place of `label`: its index in the data's classes, else behind them by its index in the model's. */
export function classPlace(label: string, dataClasses: readonly string[], indexInModel: number): number {
  const index = dataClasses.indexOf(label);
  return index >= 0 ? index : dataClasses.length + indexInModel;
}
