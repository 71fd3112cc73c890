/* What an increment of a backup has besides files. The first byte says what the rest is: its list,
 * rows, erased rows, or its head. What is read is written as it was read. */
#include "fuzz.h"

#include "backup/head.h"
#include "backup/more.h"

static void list(struct ward_slice s)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_more_list l, again;
	size_t line = 0;

	ward_more_list_init(&l, ward_mem_heap());
	ward_more_list_init(&again, ward_mem_heap());
	if (ward_more_list_read(&l, ward_slice_text(s), &line) == WARD_OK) {
		ward_more_list_write(&l, &w);
		WARD_ASSERT(!ward_wr_bad(&w));
		WARD_ASSERT(ward_more_list_read(&again, ward_wr_text(&w), &line) == WARD_OK);
		WARD_ASSERT(again.n_file == l.n_file && again.n_piece == l.n_piece);
		for (size_t i = 0; i < l.n_file; i++) {
			WARD_ASSERT(ward_tar_path_ok(ward_str_z(l.file[i].path)));
			WARD_ASSERT(ward_more_list_find(&again, l.file[i].path) != NULL);
		}
	}
	ward_more_list_fini(&l);
	ward_more_list_fini(&again);
	ward_wr_fini(&w);
}

static void rows(struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);
	struct ward_store_leaf l, again;
	enum ward_err err = WARD_OK;

	while (ward_rd_left(&r) && !err) {
		size_t left = ward_rd_left(&r);

		err = ward_more_row_read(&r, &l);
		if (err)
			break;
		WARD_ASSERT(ward_rd_left(&r) < left);
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

		ward_more_row_write(&l, &w);
		struct ward_rd back = ward_rd_slice(ward_wr_slice(&w));

		WARD_ASSERT(ward_more_row_read(&back, &again) == WARD_OK && !ward_rd_left(&back));
		WARD_ASSERT(again.row.row == l.row.row && again.row.json.len == l.row.json.len);
		ward_wr_fini(&w);
	}
}

static void gone(struct ward_slice s)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_more_gone g = {.mem = ward_mem_heap()};

	if (ward_more_gone_read(&g, s) == WARD_OK) {
		ward_more_gone_write(&g, &w);
		WARD_ASSERT(w.len == s.len && (!s.len || memcmp(w.p, s.p, s.len) == 0));
		for (size_t i = 0; i < g.n; i++) {
			WARD_ASSERT(ward_more_gone_has(&g, g.run[i].first));
			WARD_ASSERT(ward_more_gone_has(&g, g.run[i].last));
		}
		WARD_ASSERT(!ward_more_gone_has(&g, 0));
	}
	ward_more_gone_fini(&g);
	ward_wr_fini(&w);
}

static void head(struct ward_slice s)
{
	uint8_t text[WARD_BACKUP_HEAD_MAX], after[WARD_BACKUP_SUM], again[WARD_BACKUP_SUM];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_backup_head h, back;

	if (ward_backup_more_read(ward_slice_text(s), &h, after) != WARD_OK)
		return;
	ward_backup_more_write(&h, after, &w);
	WARD_ASSERT(!ward_wr_bad(&w));
	WARD_ASSERT(ward_backup_more_read(ward_wr_text(&w), &back, again) == WARD_OK);
	WARD_ASSERT(memcmp(after, again, sizeof(after)) == 0 && back.commit == h.commit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static void (*const what[])(struct ward_slice s) = {list, rows, gone, head};

	if (len < 1 || len > 1 << 16)
		return 0;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);

	what[data[0] % WARD_ARRAY_LEN(what)](ward_slice_of(copy, len - 1));
	free(copy);
	return 0;
}
