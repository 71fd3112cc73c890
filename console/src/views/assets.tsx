/* The inventory: a list that is searched, and drawn only where it is looked at. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, Problem } from '../api';
import { colon, t } from '../i18n';
import { Icon } from '../icons';
import { ask, query } from '../router';
import { classText, Failed } from './parts';
import { Completeness } from './prevention/score';
import { NewHosts } from './hosts';
import type { Asset } from './types';
import { plans, session } from '../state';
import { useWindow } from './window';
import './views.css';

interface Page { items: Asset[]; next: string | null; total: number }

const PAGE = 200;
const WAIT_MS = 200;

/* Pages of what the words find, one after the other, as far as they are wanted. */
function usePages(words: string): { items: Asset[]; total: number | null; problem: Problem | null; more: () => void } {
	const [state, set] = useState<{ items: Asset[]; total: number | null; problem: Problem | null }>({ items: [], total: null, problem: null });
	const after = useRef<string | null>('');
	const busy = useRef(false);
	const stop = useRef(new AbortController());

	const load = async (first: boolean) => {
		if (busy.current || after.current === null) return;
		busy.current = true;
		const mine = stop.current;
		const p = new URLSearchParams(words);
		p.set('limit', String(PAGE));
		if (after.current) p.set('after', after.current);
		try {
			const page = await get<Page>(`/assets?${p}`, mine.signal);
			if (mine.signal.aborted) return;
			after.current = page.next;
			set((s) => ({ items: first ? page.items : [...s.items, ...page.items], total: page.total, problem: null }));
		} catch (e) {
			if (e instanceof Problem && !mine.signal.aborted) set((s) => ({ ...s, problem: e }));
		} finally {
			if (stop.current === mine) busy.current = false;
		}
	};
	useEffect(() => {
		const timer = setTimeout(() => {
			stop.current = new AbortController();
			busy.current = false;
			after.current = '';
			void load(true);
		}, words ? WAIT_MS : 0);
		return () => {
			clearTimeout(timer);
			stop.current.abort();
		};
	}, [words]);
	return { ...state, more: () => void load(false) };
}

function Row({ a, at, total }: { a: Asset; at: number; total: number }): JSX.Element {
	return (
		<li aria-setsize={total} aria-posinset={at + 1}>
			<a href={`/assets/${encodeURIComponent(a.id)}`}>
				<strong class="asset-name">{a.name}{a.risk && <span class="quiet"> · {t('risk.title')} {a.risk.map((x) => Math.round(x * 100)).join('–')}</span>}</strong>
				<span class="quiet asset-class">{classText(a.class)}</span>
				<span class="asset-where">{a.where}</span>
				<code class="quiet asset-address">{a.addresses[0] ?? ''}</code>
			</a>
		</li>
	);
}

const CLASSES = ['device.medical', 'device.building', 'device.building.camera', 'device.computer', 'device.computer.server'];

function Pick({ name, label, of }: { name: string; label: string; of: [string, string][] }): JSX.Element {
	return (
		<select aria-label={label} onChange={(e) => ask({ [name]: e.currentTarget.value })}>
			<option value="">{label}{colon()}{t('kn.any')}</option>
			{of.map(([v, text]) => <option key={v} value={v} selected={query.value.get(name) === v}>{text}</option>)}
		</select>
	);
}

export function AssetsView(): JSX.Element {
	const q = query.value.get('q') ?? '';
	const [by, least, kind, floor] = ['sort', 'least', 'class', 'floor'].map((k) => query.value.get(k) ?? '');
	const whole = !session.value?.places?.length;
	const words = new URLSearchParams(Object.entries({ q: q.trim(), sort: whole ? by : '', least: by && whole ? least : '', class: kind, floor }).filter((x): x is [string, string] => !!x[1]));
	const { items, total, problem, more } = usePages(words.toString());
	const { box, from, to, row } = useWindow(items.length);
	const end = Math.min(to, items.length);
	useEffect(() => {
		if (total !== null && to + PAGE / 2 > items.length) more();
	}, [to, items.length]);
	if (problem && !items.length) return <Failed problem={problem} retry={more} />;
	return (
		<div class="view assets">
			<header class="view-head">
				<h1>{t('view.assets')}</h1>
				<label class="filter">
					<Icon name="search" /><span class="unseen">{t('assets.filter')}</span>
					<input type="search" placeholder={t('assets.filter')} value={q} autocomplete="off" spellcheck={false}
						onInput={(e) => ask({ q: e.currentTarget.value })} />
				</label>
				<Pick name="class" label={t('asset.class')} of={CLASSES.map((c) => [c, classText(c)])} />
				<Pick name="floor" label={t('plan.floors')} of={(plans.value?.buildings ?? []).flatMap((b) => b.floors.map((f): [string, string] => [f.id, `${b.name}, ${f.name}`]))} />
				{whole && <label class="check"><input type="checkbox" checked={!!by} onChange={(e) => ask({ sort: e.currentTarget.checked ? 'risk' : null, least: null })} />{t('kn.by_risk')}</label>}
				{by && whole && <Pick name="least" label={t('risk.title')} of={[10, 20, 30, 40].map((n) => [String(n), t('kn.least', { n })])} />}
				<p class="quiet" role="status">{total === null ? t('app.loading') : t('assets.found', { n: total })}</p>
			</header>
			<NewHosts />
			<Completeness />
			{/* The rows that are not drawn keep their room, so that the page scrolls as if all were there. */}
			<ul class="rows" ref={box} style={{ paddingTop: `${from * row}px`, paddingBottom: `${Math.max(0, items.length - end) * row}px` }}>
				{items.slice(from, end).map((a, i) => <Row key={a.id} a={a} at={from + i} total={total ?? items.length} />)}
			</ul>
			{total === 0 && <p class="quiet">{t('search.none', { q })}</p>}
		</div>
	);
}
