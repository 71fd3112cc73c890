/* What is watched in the picture of each camera, as its process reads it when Ward starts: before
 * the cage. */
#include "run/proc/api.h"

#include "run/zones.h"

enum { JSON_BYTES = 1 << 20 };

static struct ward_str keep(struct server *s, struct ward_wr *w)
{
	struct ward_str own = ward_arena_str(&s->arena, ward_wr_text(w));

	serve_need(s, own.p ? WARD_OK : WARD_ERR_NOMEM);
	ward_wr_fini(w);
	return own;
}

struct ward_api_camera *serve_cameras(struct server *s, size_t *ret_n)
{
	size_t n;
	const struct ward_source *all = ward_model_sources(s->m, &n);
	struct ward_api_camera *ret = ward_arena_array(&s->arena, n ? n : 1, sizeof(*ret));

	serve_need(s, ret ? WARD_OK : WARD_ERR_NOMEM);
	*ret_n = 0;
	for (size_t i = 0; i < n; i++) {
		struct ward_wr json = ward_wr_grow(ward_mem_heap(), JSON_BYTES);
		struct ward_wr why = ward_wr_grow(ward_mem_heap(), JSON_BYTES);

		if (!ward_str_eqz(all[i].kind, "video"))
			continue;
		serve_need(s, ward_zones_read(serve_setting(s, "hospital"), s->m, &all[i],
				      &s->known.lim, &json, &why));
		ret[(*ret_n)++] = (struct ward_api_camera){
			.source = &all[i], .plan = keep(s, &json), .wrong = keep(s, &why)};
	}
	return ret;
}
