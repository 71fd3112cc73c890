/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "4d6599b03005ca0a";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-ZMwocNF5.js","/assets/asset-ELPjMrSU.js","/assets/assets-BHTf6Cer.js","/assets/bulk-CXXXyiEg.js","/assets/camera-C1-3r0G4.css","/assets/camera-G8pHdoge.js","/assets/care-C2SLZZy0.js","/assets/chance-B8iKb-zH.css","/assets/chance-m9ALI9qK.js","/assets/config-BGbiCLUS.css","/assets/config-BjkR0vdu.js","/assets/config-tlRhKN_g.js","/assets/crisis-BdEIb8nO.css","/assets/crisis-o7OBLqsg.js","/assets/decide-Bg-zbuMv.js","/assets/fr-Bhk8_Xvg.js","/assets/held-B7kq0SRl.js","/assets/incident-GfNnxezG.js","/assets/index-BgpMFNYS.js","/assets/index-ChMN-UjD.css","/assets/it-DzNo9d88.js","/assets/know-BYcfrR_g.css","/assets/nl-9WZV7t3G.js","/assets/parts-Dl7zsRuN.js","/assets/people-jLe3nCiR.js","/assets/prevention-DomGnO2x.js","/assets/privacy-DyBX6eD7.js","/assets/report-e_4aMaXu.js","/assets/sealed-DsBsyQsA.js","/assets/seen-v3WnsVWc.js","/assets/setup-DMLNup20.js","/assets/setup-aoiabVLP.css","/assets/signs-C8tDMJEG.js","/assets/state-DDuYNvXC.js","/assets/state-Ds4VuzBS.css","/assets/views-C-QCrI3_.css","/assets/watch-C2LTy8kB.css","/assets/watch-Cjk5Rj1f.js","/assets/window-BF20YQvG.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
