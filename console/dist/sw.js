/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "ca22d35965c7d831";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-WCijQBxH.js","/assets/asset-DTZlbfuA.js","/assets/assets-Dkh7BU38.js","/assets/bulk-CLtAol8m.js","/assets/camera-Bk1fcRIG.js","/assets/camera-C1-3r0G4.css","/assets/care-BYIjSk6T.js","/assets/chance-B8iKb-zH.css","/assets/chance-CbKATYjU.js","/assets/config-BGbiCLUS.css","/assets/config-D7tAnmRn.js","/assets/config-DdmabJFc.js","/assets/crisis-BdEIb8nO.css","/assets/crisis-CuNv4BY2.js","/assets/decide-CjtRGoSV.js","/assets/fr-DUFxicq1.js","/assets/held-CDgx8GOT.js","/assets/incident-kc-B-rA7.js","/assets/index-CBD3fPFr.js","/assets/index-ChMN-UjD.css","/assets/it-n-tWObK7.js","/assets/know-BYcfrR_g.css","/assets/nl-BChbnZtv.js","/assets/parts-CnL84h6Q.js","/assets/people-BmE-HBV-.js","/assets/prevention-BKOsqLgC.js","/assets/privacy-CBefd4im.js","/assets/report-BpuKLjRI.js","/assets/sealed-DsBsyQsA.js","/assets/seen-CAGb8kjd.js","/assets/setup-DgU-bElW.js","/assets/setup-Dv8FMc0k.css","/assets/signs-BqjIZ9O8.js","/assets/state-Ds4VuzBS.css","/assets/state-NLAV41BL.js","/assets/views-C-QCrI3_.css","/assets/watch-C2LTy8kB.css","/assets/watch-LstoizJg.js","/assets/window-BuaCrsMd.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
