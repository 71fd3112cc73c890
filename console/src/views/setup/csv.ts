/* A table of the hospital's directory: rows are changed, added and taken out; every other line stays as it was written. */

export type Cells = Record<string, string>;

/* One record of a text from `at` on: its cells, and where the next begins. */
function record(text: string, at: number): { cells: string[]; next: number } {
	const cells: string[] = [];
	for (let cell = ''; ;) {
		if (text[at] === '"') {
			for (at++; at < text.length && (text[at] !== '"' || text[at + 1] === '"'); at++) {
				if (text[at] === '"') at++;
				cell += text[at];
			}
			at++;
		}
		while (at < text.length && text[at] !== ',' && text[at] !== '\n') cell += text[at++];
		cells.push(cell.trim());
		cell = '';
		if (text[at++] !== ',') return { cells, next: at };
	}
}

const quoted = (s: string): string => /[",\n]|^\s|\s$/.test(s) ? `"${s.replaceAll('"', '""')}"` : s;

interface Row { raw: string; cells: Cells }

export class Table {
	columns: string[] = [];
	rows: Row[] = [];
	private head = '';

	constructor(text: string, columns: readonly string[]) {
		let at = 0;
		while (text[at] === '#') at = text.indexOf('\n', at) + 1 || text.length; /* before the header */
		const from = at;
		if (at < text.length) ({ cells: this.columns, next: at } = record(text, at));
		const missing = columns.filter((c) => !this.columns.includes(c));
		this.head = missing.length ? `${text.slice(0, from)}${[...this.columns, ...missing].join()}\n` : text.slice(0, at);
		if (!this.head.endsWith('\n')) this.head += '\n';
		while (at < text.length) {
			const { cells, next } = record(text, at);
			const row: Row = { raw: text.slice(at, next).replace(/\n?$/, '\n'), cells: Object.fromEntries(this.columns.map((c, i) => [c, cells[i] ?? ''])) };
			if (missing.length && cells.length > 1) row.raw = row.raw.replace(/\r?\n$/, `${','.repeat(missing.length)}\n`);
			this.rows.push(row);
			at = next;
		}
		this.columns.push(...missing);
	}

	find(key: string, value: string): Cells | undefined {
		return this.rows.find((r) => r.cells[key] === value)?.cells;
	}

	/* The row whose `key` is as in cells gets these; where there is none it is added. */
	put(key: string, cells: Cells): void {
		const row = this.rows.find((r) => r.cells[key] === cells[key]);
		const all = { ...row?.cells, ...cells };
		if (row && Object.keys(cells).every((c) => (row.cells[c] ?? '') === cells[c])) return;
		if (!row) return this.add(all);
		Object.assign(row, { raw: `${this.columns.map((c) => quoted(all[c] ?? '')).join()}\n`, cells: all });
	}

	add(cells: Cells): void {
		this.rows.push({ raw: `${this.columns.map((c) => quoted(cells[c] ?? '')).join()}\n`, cells });
	}

	remove(key: string, value: string): void {
		this.rows = this.rows.filter((r) => r.cells[key] !== value);
	}

	get text(): string {
		return this.head + this.rows.map((r) => r.raw).join('');
	}
}

/* The columns of a foreign table, and the values that stand in one of them. */
export function look(text: string): { columns: string[]; values: (column: string) => string[] } {
	const t = new Table(text, []);
	return { columns: t.columns, values: (c) => [...new Set(t.rows.map((r) => r.cells[c] ?? ''))].filter(Boolean).sort() };
}

/* An id that nothing has yet, out of a name. */
export function idOf(name: string, taken: ReadonlySet<string>): string {
	const base = name.normalize('NFKD').toLowerCase().replace(/[\u0300-\u036f]/g, '').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40) || 'x';
	let id = base;
	for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
	return id;
}
