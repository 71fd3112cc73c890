/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "558f60800881b10f";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-R14b4-4c.js","/assets/asset-CvUrJtku.js","/assets/assets-D00yjzir.js","/assets/bulk-BOXFySKM.js","/assets/care-Dta3RPzm.js","/assets/chance-0PtBzLhc.js","/assets/chance-B8iKb-zH.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-DtThajd7.js","/assets/decide-CDTqJVFu.js","/assets/fr-C2n1hLjo.js","/assets/incident-BAYX-ZF0.js","/assets/index-Cn-xFg44.js","/assets/index-LZSm9cSu.css","/assets/it-BpNTg8Bj.js","/assets/nl-CbRviNG7.js","/assets/now-BziDoeFA.js","/assets/now-hI5RkJCI.css","/assets/people-oN2_frKd.js","/assets/plan-C6mMm5iM.js","/assets/plan-DIlo3sz7.css","/assets/prevention-Di1fOTog.js","/assets/privacy-DjZJ2a8Y.js","/assets/report-CEKaJSz7.js","/assets/seen-C2HvIGKg.js","/assets/signs-CuPScOOe.js","/assets/state-B4yrzNyi.js","/assets/state-Ds4VuzBS.css","/assets/views-CaLgrOIb.css","/assets/views-DrUki86K.js","/assets/watch-C2LTy8kB.css","/assets/watch-De-NqS57.js","/assets/window-BzeAZgX3.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
