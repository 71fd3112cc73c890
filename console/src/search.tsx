/* The search of the top bar: a combobox over all that the reader may see. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, Problem } from './api';
import { t } from './i18n';
import { Icon, type IconName } from './icons';
import { go } from './router';
import type { Found } from './types';

const WAIT_MS = 150;

const icons: Record<string, IconName> = { incident: 'incidents', room: 'place', service: 'care' };

function hrefOf(f: Found): string {
	if (f.kind === 'incident') return `/incidents/${encodeURIComponent(f.id)}`;
	if (f.kind === 'service') return `/care#${encodeURIComponent(f.id)}`;
	return `/assets/${encodeURIComponent(f.id)}`;
}

export function Search(): JSX.Element {
	const [text, setText] = useState('');
	const [found, setFound] = useState<Found[] | null>(null);
	const [at, setAt] = useState(-1);
	const box = useRef<HTMLDivElement>(null);
	const q = text.trim();

	useEffect(() => {
		setAt(-1);
		if (q.length < 2) {
			setFound(null);
			return;
		}
		const stop = new AbortController();
		const timer = setTimeout(async () => {
			try {
				setFound((await get<{ items: Found[] }>(`/search?q=${encodeURIComponent(q)}`, stop.signal)).items);
			} catch (e) {
				if (e instanceof Problem) setFound(null);
			}
		}, WAIT_MS);
		return () => {
			clearTimeout(timer);
			stop.abort();
		};
	}, [q]);

	const close = () => setFound(null);
	const pick = (f: Found) => {
		setText('');
		close();
		go(hrefOf(f));
	};
	const key = (e: KeyboardEvent) => {
		if (e.key === 'Escape') {
			if (text) setText('');
			else (e.currentTarget as HTMLElement).blur();
		} else if (found?.length && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) {
			e.preventDefault();
			setAt((i) => (i + (e.key === 'ArrowDown' ? 1 : found.length)) % found.length);
		} else if (e.key === 'Enter' && found?.length) pick(found[Math.max(at, 0)]!);
	};

	return (
		<search class="search" ref={box} onFocusOut={(e) => { if (!box.current?.contains(e.relatedTarget as Node)) close(); }}>
			<Icon name="search" />
			<input id="search" type="search" role="combobox" autocomplete="off" spellcheck={false} value={text}
				aria-label={t('search.label')} placeholder={t('search.short')} aria-expanded={!!found}
				aria-controls="search-found" aria-autocomplete="list"
				aria-activedescendant={at >= 0 ? `found-${at}` : undefined}
				onInput={(e) => setText(e.currentTarget.value)} onKeyDown={key} />
			<kbd aria-hidden="true">/</kbd>
			<ul id="search-found" role="listbox" aria-label={t('search.label')} hidden={!found?.length}>
				{found?.map((f, i) => (
					<li key={f.kind + f.id} id={`found-${i}`} role="option" aria-selected={i === at}
						onMouseDown={(e) => e.preventDefault()} onClick={() => pick(f)}>
						<Icon name={icons[f.kind] ?? 'assets'} /><span><b>{f.name}</b><small>{f.where}</small></span>
					</li>
				))}
			</ul>
			{found && !found.length && <p class="search-none">{t('search.none', { q })}</p>}
			<span class="unseen" role="status">{found?.length ? t('search.found', { n: found.length }) : ''}</span>
		</search>
	);
}
