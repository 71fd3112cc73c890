/* Keys that do something, one by one ("j") or as two ("g n"). Never while somebody writes, never with
 * Ctrl, Alt or Meta. They can be switched off (WCAG 2.1.4); Enter and arrows belong to the elements. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Key } from './i18n';

export interface Binding { keys: string; says: Key; view?: Key; run: () => void }

export const bound = signal<Binding[]>([]);
export const keysOn = signal(localStorage.getItem('ward.keys') !== 'off');

export function setKeysOn(on: boolean): void {
	keysOn.value = on;
	if (on) localStorage.removeItem('ward.keys');
	else localStorage.setItem('ward.keys', 'off');
}

/* For as long as the component stands. `bindings` must be the same array as long as it means the same. */
export function useKeys(bindings: Binding[]): void {
	useEffect(() => {
		bound.value = [...bound.value, ...bindings];
		return () => { bound.value = bound.value.filter((b) => !bindings.includes(b)); };
	}, [bindings]);
}

const SEQUENCE_MS = 1500;
let first = '';
let at = 0;

export function startKeys(): void {
	document.addEventListener('keydown', (e) => {
		if (!keysOn.value || e.ctrlKey || e.altKey || e.metaKey || e.isComposing || e.key.length !== 1) return;
		const where = e.target as HTMLElement;
		if (where.closest('input, textarea, select, [contenteditable], dialog')) return;
		const pair = Date.now() - at < SEQUENCE_MS ? `${first} ${e.key}` : '';
		const hit = bound.value.findLast((b) => b.keys === pair) ?? bound.value.findLast((b) => b.keys === e.key);
		first = hit ? '' : e.key;
		at = Date.now();
		if (!hit) return;
		e.preventDefault();
		hit.run();
	});
}
