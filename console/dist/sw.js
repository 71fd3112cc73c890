/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "2b93f8fa662c65bb";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-Lqmzo0Su.js","/assets/asset-DE_d7AVE.js","/assets/assets-thwGdMe1.js","/assets/bulk-BfqZZq9v.js","/assets/care-t4owFoue.js","/assets/chance-B8iKb-zH.css","/assets/chance-YqeclAfn.js","/assets/config-BqZnS2A7.css","/assets/config-DtmPnEiS.js","/assets/crisis-BCToUo_-.js","/assets/crisis-BdEIb8nO.css","/assets/decide-CyFvhP7G.js","/assets/fr-B_zH8Xr5.js","/assets/incident-BRoKZYa4.js","/assets/index-Bqi3DRad.js","/assets/index-LZSm9cSu.css","/assets/it-m34MuAUW.js","/assets/nl-BPaE3pS9.js","/assets/now-I_gadb3J.js","/assets/now-hI5RkJCI.css","/assets/parts-DBLgq8oz.js","/assets/people-BtYVM5gs.js","/assets/plan-DIlo3sz7.css","/assets/plan-NGPZkit3.js","/assets/prevention-DABebuZK.js","/assets/privacy-B3SmT7P5.js","/assets/report-BSSYc_qI.js","/assets/seen-CAHyBbH5.js","/assets/signs-BCifT2Xu.js","/assets/state-CVxeBGx3.js","/assets/state-Ds4VuzBS.css","/assets/views-CaLgrOIb.css","/assets/watch-BZJE0AI8.js","/assets/watch-C2LTy8kB.css","/assets/window-BMkZLfk5.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;

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
		if (KEPT.test(url.pathname)) e.respondWith(state(e));
	} else if (e.request.mode === 'navigate') e.respondWith(page(e));
	else if (FILES.includes(url.pathname))
		e.respondWith(caches.match(e.request, { cacheName: SHELL }).then((kept) => kept ?? fetch(e.request)));
});
