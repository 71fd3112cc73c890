/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "7c2ac8806cad9131";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-BYXyhF23.js","/assets/asset-Dxr4MB9E.js","/assets/assets-BcFk6RQd.js","/assets/bulk-CLVHQjk3.js","/assets/camera-CROBCGK7.css","/assets/camera-Ch_M15jz.js","/assets/care-Dvpl2_Ym.js","/assets/chance-B8iKb-zH.css","/assets/chance-C9zc3gFc.js","/assets/clocks-evgAG3o4.js","/assets/config-BnDWgq8t.js","/assets/config-D2a4P_jY.js","/assets/config-VWLnO5e2.css","/assets/crisis-BEerIuYI.js","/assets/crisis-BdEIb8nO.css","/assets/decide-iqcFhUn7.js","/assets/draft-DM2EK4jD.js","/assets/events-CSGf5vcO.js","/assets/evidence-BXBqoJH1.js","/assets/fr-GbST5RxV.js","/assets/held-CWwHafTr.js","/assets/incident-BjIMg-1-.js","/assets/incident-CQP9JGJX.css","/assets/index-CnN-GGoG.css","/assets/index-D--ZFmzK.js","/assets/it-DC1MMY4g.js","/assets/know-BYcfrR_g.css","/assets/law-BrwTVQG9.js","/assets/law-FWytmPbz.css","/assets/nl-D9_ch1mN.js","/assets/notices-BASJzHTm.js","/assets/people-CegzpNrR.js","/assets/persons-BqF2dUQd.js","/assets/prevention-DZxswaau.js","/assets/privacy-BI_GJkIL.js","/assets/processing-GsTb5SBP.js","/assets/proof-BrAP-Re9.js","/assets/proof-Byv68Ueq.css","/assets/register-Dfj1b6C-.js","/assets/report-B1i3m5TU.js","/assets/reports-BZwmjhCS.js","/assets/sealed-Clvg2XqN.js","/assets/seen-OQcjPuMt.js","/assets/setup-BZZh8aOA.css","/assets/setup-CU4ymu3P.js","/assets/setup-Cf3oHBRB.js","/assets/signs-B3dg5EvN.js","/assets/state-BF30zXUV.css","/assets/state-BWqh98xz.js","/assets/views-CNJPEKVY.css","/assets/watch-C2LTy8kB.css","/assets/watch-Dj5abKgr.js","/assets/window-D-zYXlY5.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;
const NEVER = /\/(events|flows)$/; /* evidence: for who said why, and gone with the page */

self.addEventListener('install', (e) => {
	e.waitUntil(caches.open(SHELL).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
	e.waitUntil(caches.keys()
		.then((keys) => Promise.all(keys.filter((k) => k.startsWith('ward-shell-') && k !== SHELL).map((k) => caches.delete(k))))
		.then(() => self.clients.claim()));
});

async function keep(request, response) {
	const headers = new Headers(response.headers);
	headers.set('X-Ward-Stale', new Date().toISOString());
	const cache = await caches.open(STATE);
	await cache.put(request, new Response(await response.blob(), { status: response.status, headers }));
	const keys = await cache.keys(); /* oldest first */
	await Promise.all(keys.slice(0, Math.max(0, keys.length - STATE_MOST)).map((k) => cache.delete(k)));
}

async function state(event) {
	try {
		const response = await fetch(event.request);
		if (response.status === 401) event.waitUntil(caches.delete(STATE));
		else if (response.ok) event.waitUntil(keep(event.request, response.clone()));
		return response;
	} catch (e) {
		const kept = await caches.match(event.request, { cacheName: STATE });
		if (kept) return kept;
		throw e;
	}
}

async function page(event) {
	try {
		return await fetch(event.request, { signal: AbortSignal.timeout(WAIT_MS) });
	} catch (e) {
		const kept = await caches.match('/', { cacheName: SHELL });
		if (kept) return kept;
		throw e;
	}
}

self.addEventListener('fetch', (e) => {
	const url = new URL(e.request.url);
	if (e.request.method !== 'GET' || url.origin !== location.origin) return;
	if (url.pathname.startsWith('/api/')) {
		if (KEPT.test(url.pathname) && !NEVER.test(url.pathname)) e.respondWith(state(e));
	} else if (e.request.mode === 'navigate') e.respondWith(page(e));
	else if (FILES.includes(url.pathname))
		e.respondWith(caches.match(e.request, { cacheName: SHELL }).then((kept) => kept ?? fetch(e.request)));
});
