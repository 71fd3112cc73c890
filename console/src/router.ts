/* Where the reader is: the address bar, as a signal. Links are plain <a href>. */
import { signal } from '@preact/signals';

export const path = signal(location.pathname);
export const query = signal(new URLSearchParams(location.search));

function read(): void {
	path.value = location.pathname;
	query.value = new URLSearchParams(location.search);
}

export function go(href: string, replace = false): void {
	history[replace ? 'replaceState' : 'pushState'](null, '', href);
	read();
}

/* The same page with another question, as filters and choices have it: no step back for each. */
export function ask(set: Record<string, string | null>): void {
	const q = new URLSearchParams(location.search);
	for (const [k, v] of Object.entries(set))
		if (v === null || v === '') q.delete(k);
		else q.set(k, v);
	const s = q.toString();
	go(location.pathname + (s ? `?${s}` : ''), true);
}

export function startRouter(): void {
	addEventListener('popstate', read);
	document.addEventListener('click', (e) => {
		if (e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
		const a = (e.target as Element).closest?.('a');
		if (!a || a.target || a.hasAttribute('download') || a.origin !== location.origin) return;
		if (a.pathname.startsWith('/api/') || /\.\w+$/.test(a.pathname)) return;
		e.preventDefault();
		if (a.pathname !== location.pathname || a.search !== location.search) go(a.pathname + a.search + a.hash);
		if (a.hash) document.querySelector(a.hash)?.scrollIntoView();
	});
}
