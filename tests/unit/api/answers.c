/* Every answer to a real attack, as JSON lines, for who holds them to the description: {"path": the
 * template, "target", "status", "body"}. argv[1]: the rows of `ward replay --json`. */
#include "room.h"

#include <stdio.h>

static const char *const more[] = {"/api/v1/incidents?state=all&limit=1", "/api/v1/assets?limit=1",
	"/api/v1/detections?limit=500&level=low", "/api/v1/assets/door-au-corridor-staff",
	"/api/v1/now?x=1", "/api/v1/nothing", "/api/v1/incidents/none"};

static void put(struct room *r, const char *template, const char *target, const char *lang)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);
	struct ward_json j = ward_json_on(&w);
	unsigned status = room_ask(r, &room_all, "GET", target, lang);

	for (size_t i = 0; i < r->w.len; i++) /* on one line; within texts there is none */
		r->w.p[i] = r->w.p[i] == '\n' ? ' ' : r->w.p[i];
	ward_json_obj(&j);
	ward_json_key(&j, "path");
	ward_json_z(&j, template);
	ward_json_key(&j, "target");
	ward_json_z(&j, target);
	ward_json_key(&j, "status");
	ward_json_u64(&j, status);
	ward_json_key(&j, "body");
	ward_json_raw(&j, ward_str_trim(ward_wr_text(&r->w)));
	ward_json_obj_end(&j);
	printf("%.*s\n", WARD_STR_ARG(ward_wr_text(&w)));
	ward_wr_fini(&w);
}

int main(int argc, char **argv)
{
	static const char *const lang[] = {"en", "it"};
	struct ward_api_about e;
	struct room r;

	if (argc != 2)
		return 2;
	room_begin(&r, argv[1]);
	room_add_others(&r);
	room_add_crisis(&r);
	room_add_look(&r);
	room_add_request(&r);
	for (size_t l = 0; l < WARD_ARRAY_LEN(lang); l++)
		for (size_t i = 0; ward_api_at(i, &e); i++) {
			char target[256];

			room_target(e.path, target, sizeof(target));
			put(&r, e.path, target, lang[l]);
		}
	for (size_t i = 0; i < WARD_ARRAY_LEN(more); i++)
		put(&r, "", more[i], "fr");
	room_end(&r);
	return 0;
}
