/* The tables of the hospital's directory that a step changes, as they stand, and what becomes of them. */
import { useEffect, useState } from 'preact/hooks';
import { get, Problem } from '../../api';
import { Table, type Cells } from './csv';

export interface File { path: string; text: string | null }

const COLUMNS: Record<string, string> = {
	buildings: 'id,name,site', floors: 'id,name,building,level', rooms: 'id,name,floor,class,zone', doors: 'id,name,from,to,class',
	plan: 'room,x,y,w,h,polygon', networks: 'id,name,class,cidr,iface', assets: 'id,name,class,room,keys', relations: 'from,relation,to',
	sources: 'id,name,kind,where,watches,purpose,personal_data,legal_basis,retention,workers,user,password_file',
};

const listOf = (path: string): string => /^([a-z]+)(-[^/]*)?\.csv$/.exec(path)?.[1] ?? '';

export class Book {
	private tables = new Map<string, Table>();
	constructor(readonly texts: ReadonlyMap<string, string>) {
		for (const [path, text] of texts) if (listOf(path)) this.tables.set(path, new Table(text, []));
	}

	rows(list: string): Cells[] {
		return [...this.tables].flatMap(([path, t]) => listOf(path) === list ? t.rows.map((r) => r.cells) : []);
	}

	/* To change it further: what is asked for twice is not there twice. */
	copy(): Book {
		return new Book(this.texts);
	}

	/* The table of that file, with all these columns. */
	private wide(path: string, columns: readonly string[]): Table {
		let t = this.tables.get(path);
		if (!t || columns.some((c) => !t!.columns.includes(c))) this.tables.set(path, t = new Table(t?.text ?? '', columns));
		return t;
	}

	/* Into the row that has the key, in whichever table of the list; else a new one. */
	put(list: string, cells: Cells, key = 'id'): void {
		const path = [...this.tables].find(([p, t]) => listOf(p) === list && t.find(key, cells[key]!))?.[0];
		if (path) this.wide(path, Object.keys(cells)).put(key, cells);
		else this.add(list, cells);
	}

	add(list: string, cells: Cells): void {
		this.wide(`${list}.csv`, [...new Set([...(this.tables.has(`${list}.csv`) ? [] : COLUMNS[list]!.split(',')), ...Object.keys(cells)])]).add(cells);
	}

	remove(list: string, value: string, key = 'id'): void {
		for (const [path, t] of this.tables) if (listOf(path) === list) t.remove(key, value);
	}

	changed(): File[] {
		return [...this.tables].filter(([path, t]) => t.text !== (this.texts.get(path) ?? '') && (t.rows.length || this.texts.has(path)))
			.map(([path, t]) => ({ path, text: t.text }));
	}
}

/* Those of these lists, and files by their name, as the version that Ward runs with has them. */
export function useBook(wanted: string): { book: Book | null; problem: Problem | null; reload: () => void } {
	const [state, set] = useState<{ book: Book | null; problem: Problem | null }>({ book: null, problem: null });
	const [turn, again] = useState(0);
	useEffect(() => {
		const stop = new AbortController();
		const load = async () => {
			const names = wanted.split(' ');
			const { files } = await get<{ files: { path: string }[] }>('/config', stop.signal);
			const paths = files.map((f) => f.path).filter((p) => names.includes(p) || names.includes(listOf(p)));
			const texts = await Promise.all(paths.map((p) => get<{ text: string }>(`/config/files/${p.split('/').map(encodeURIComponent).join('/')}`, stop.signal)));
			set({ book: new Book(new Map(paths.map((p, i) => [p, texts[i]!.text]))), problem: null });
		};
		load().catch((e: unknown) => {
			if (e instanceof Problem) set({ book: null, problem: e });
			else if (!stop.signal.aborted) throw e;
		});
		return () => stop.abort();
	}, [wanted, turn]);
	return { ...state, reload: () => again(turn + 1) };
}
