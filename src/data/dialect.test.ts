import { describe, expect, it } from 'vitest';
import { judgeDialect } from './dialect.ts';

function lines(...rows: string[]): string {
  return `${rows.join('\n')}\n`;
}

describe('judgeDialect', () => {
  const texts = ['Good, cheap; fast', 'a | b, really', 'no; never, no', 'tab'];
  it.each([',', ';', '\t', '|'] as const)('finds %j among texts that hold the others in quotes', (delimiter) => {
    const rows = texts.map((text, i) => [i, `"${text}"`, i % 2 ? 'pos' : 'neg'].join(delimiter));
    expect(judgeDialect(lines(['id', 'text', 'label'].join(delimiter), ...rows), true)).toEqual({
      delimiter,
      quotes: true,
      newline: '\n',
    });
  });

  it('goes by consistency, not by how often a character comes', () => {
    const sample = lines('id, number\ttext\tlabel', '1\ta, b, c\tx', '2\td\ty', '3\te, f\tx');
    expect(judgeDialect(sample, true).delimiter).toBe('\t');
  });

  it('knows quotes that are text, as in the files of GLUE', () => {
    const sample = lines(
      'Quality\t#1 String',
      '1\t" The pie business does not fit .',
      '0\the said " no "',
      '1\t" yes " , she said .',
      '0\tplain',
    );
    expect(judgeDialect(sample, true)).toEqual({ delimiter: '\t', quotes: false, newline: '\n' });
  });

  it('is not misled by one bad quote in a file that quotes', () => {
    const rows = Array.from({ length: 20 }, (_, i) => `"text ${i}","x"`);
    expect(judgeDialect(lines('text,label', ...rows, '"open,x', ...rows), true).quotes).toBe(true);
    const doubled = lines('text,label', '"she said ""hi""",x', '"open,y', 'plain,x', 'plain,y');
    expect(judgeDialect(doubled, true).quotes).toBe(true);
  });

  it('takes words in quotes here and there for text, when others show that quotes do not wrap', () => {
    const rows = Array.from({ length: 50 }, (_, i) => `ham\tjust words ${i}`);
    expect(judgeDialect(lines('label\ttext', ...rows, 'ham\t"HEY BABE"', 'ham\t"Gimme a few" was ages ago'), true).quotes).toBe(
      false,
    );
  });

  it('does not mind a last line that is cut, nor line ends of other systems', () => {
    expect(judgeDialect('a,b\n1,2\n3', false).delimiter).toBe(',');
    expect(judgeDialect('a;b\r\n1;2\r\n', true)).toEqual({ delimiter: ';', quotes: true, newline: '\n' });
    expect(judgeDialect('a;b\r1;2\r', true)).toEqual({ delimiter: ';', quotes: true, newline: '\r' });
  });

  it('takes lines of one column as they stand, or as quoted where they are', () => {
    expect(judgeDialect(lines('text', 'a, b', 'c, d'), true).delimiter).toBe('');
    expect(judgeDialect(lines('text', '"a, b"', '"c, d"'), true)).toEqual({ delimiter: ',', quotes: true, newline: '\n' });
  });

  it('finds labels before the first space, as TREC and fastText write them', () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${['NUM:date', 'HUM:ind', 'LOC:city'][i % 3]} What is number ${i} ?`);
    expect(judgeDialect(lines(...rows), true)).toEqual({ delimiter: ' ', quotes: false, newline: '\n' });
    expect(judgeDialect(lines('words', ...rows.map((_, i) => `word${i} and, others`)), true).delimiter).toBe('');
  });

  it('asks a comma file for more than a slip before it takes quotes for text', () => {
    const rows = Array.from({ length: 50 }, (_, i) => `words ${i},x`);
    expect(judgeDialect(lines('text,label', ...rows, '"open,x'), true).quotes).toBe(true);
    expect(judgeDialect(lines('text,label', ...rows, '"open,x', '"again,y', '"and again,x'), true).quotes).toBe(false);
  });

  it('knows quotes that are text when every line opens one', () => {
    expect(judgeDialect(`a,b\n${'"x,y\n'.repeat(52_000)}`, false).quotes).toBe(false);
  });
});
