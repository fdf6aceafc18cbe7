/** Charts as files: every value as CSV, the drawing as PNG. */
import type { ChartModel } from './chart-model.ts';

/** The parser knows how to quote, and to keep a class called "=1+1" from being a formula in a spreadsheet. */
export async function csvOf(rows: readonly (readonly (string | number)[])[]): Promise<Blob> {
  const { default: papa } = await import('papaparse');
  const text = papa.unparse(
    rows.map((row) => [...row]),
    { escapeFormulae: true },
  );
  return new Blob([`${text}\n`], { type: 'text/csv' });
}

/** What makes a drawing look as it does, and stands in style sheets that a picture does not take along. */
const STYLES = ['fill', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'font-family', 'font-size'] as const;

/** Pixels of the picture for one of the page. */
const SCALE = 2;
const HEAD = 28;

export async function pngOf(svg: SVGSVGElement, { title, lines }: ChartModel): Promise<Blob> {
  const { width, height } = svg.getBoundingClientRect();
  const picture = await load(standalone(svg));
  const canvas = document.createElement('canvas');
  canvas.width = width * SCALE;
  canvas.height = (height + HEAD) * SCALE;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('the browser gives no canvas');
  const { backgroundColor, color, fontFamily } = getComputedStyle(document.body);
  context.scale(SCALE, SCALE);
  context.fillStyle = backgroundColor;
  context.fillRect(0, 0, width, height + HEAD);
  context.drawImage(picture, 0, HEAD, width, height);
  let x = 12;
  const write = (text: string, fill: string, weight: number): void => {
    context.font = `${weight} 12px ${fontFamily}`;
    context.fillStyle = fill;
    context.fillText(text, x, 18);
    x += context.measureText(text).width + 12;
  };
  write(title, color, 600);
  for (const line of lines)
    write(line.name, getComputedStyle(document.documentElement).getPropertyValue(line.color.slice(4, -1)), 500);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('the browser made no picture');
  return blob;
}

/** The drawing with its styles written into it. */
function standalone(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const copies = copy.querySelectorAll('*');
  svg.querySelectorAll('*').forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of STYLES) copies[i]?.setAttribute(name, style.getPropertyValue(name));
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return new XMLSerializer().serializeToString(copy);
}

async function load(svg: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  return image;
}
