/* The driver of Windows event log files. */
#include "sense/log/binxml.h"
#include "sense/log/evtx.h"
#include "sense/log/log.h"

struct reader {
	const struct ward_input_opts *opts;
	struct ward_input_bytes *bytes;
	struct ward_log_sensor *log;
	struct ward_evtx_chunk chunk;
	bool has_chunk, end;
	uint64_t off;  /* of the chunk in the file */
	uint64_t next; /* of the one behind it */
	uint8_t buf[WARD_EVTX_CHUNK];
};

static void reader_close(void *state)
{
	struct reader *r = state;

	if (!r)
		return;
	ward_log_sensor_free(r->log);
	ward_mem_free(r->opts->mem, r, sizeof(*r));
}

static enum ward_err reader_open(
	const struct ward_input_opts *opts, struct ward_input_bytes *bytes, void **ret)
{
	struct reader *r = ward_mem_alloc(opts->mem, sizeof(*r));
	enum ward_err err;

	if (!r)
		return WARD_ERR_NOMEM;
	r->opts = opts;
	r->bytes = bytes;
	err = ward_log_sensor_new(opts, WARD_LOG_JSON, &r->log);
	if (err) {
		reader_close(r);
		return err;
	}
	*ret = r;
	return WARD_OK;
}

static void tell(
	struct reader *r, const char *counter, const char *what, uint64_t off, bool dropped)
{
	struct ward_input_problem p = {
		.counter = counter, .what = what, .off = off, .dropped = dropped};

	ward_input_problem(r->opts, &p);
}

/* As many bytes as there are, up to n. */
static enum ward_err fill(struct reader *r, size_t n, size_t *ret_n)
{
	size_t got = 0, k = 1;

	while (got < n && k) {
		enum ward_err err = ward_input_read(r->bytes, r->buf + got, n - got, &k);

		if (err)
			return err;
		got += k;
	}
	*ret_n = got;
	r->next += got;
	return WARD_OK;
}

static enum ward_err header(struct reader *r)
{
	size_t n, skip;
	enum ward_err err = fill(r, WARD_EVTX_HEADER, &n);

	if (err)
		return err;
	if (n < WARD_EVTX_HEADER || !ward_evtx_header(ward_slice_of(r->buf, n), &skip)) {
		tell(r, "evtx.reject.header", "no header of a Windows event log", 0, true);
		return WARD_ERR_CLOSED;
	}
	return skip ? fill(r, skip, &n) : WARD_OK; /* skip < 64 KiB: a 16-bit number */
}

/* OK: r->chunk is the next one; CLOSED at the end. */
static enum ward_err next_chunk(struct reader *r)
{
	for (;;) {
		size_t n = 0;
		bool sums;
		enum ward_err err = WARD_OK;

		if (r->next == 0)
			err = header(r);
		r->off = r->next;
		if (!err)
			err = fill(r, WARD_EVTX_CHUNK, &n);
		if (err || !n)
			return err ? err : WARD_ERR_CLOSED;
		if (n < WARD_EVTX_CHUNK)
			tell(r, "evtx.odd.short", "the file ends inside a chunk", r->off + n,
				false);
		memset(r->buf + n, 0, WARD_EVTX_CHUNK - n);
		err = ward_evtx_chunk_on(ward_slice_of(r->buf, WARD_EVTX_CHUNK), &r->chunk, &sums);
		if (err == WARD_ERR_CLOSED)
			continue;
		if (err) {
			tell(r, "evtx.reject.chunk", "64 KiB that are no chunk of records", r->off,
				true);
			continue;
		}
		if (!sums)
			tell(r, "evtx.odd.sum",
				"a chunk's checksum does not fit: it was not closed, or changed",
				r->off, false);
		return WARD_OK;
	}
}

/* OK, or AGAIN when the record gave no event. */
static enum ward_err record(struct reader *r, const struct ward_evtx_record *rec,
	struct ward_arena *arena, struct ward_event *ret)
{
	enum ward_binxml_fault fault;
	uint64_t off = r->off + rec->off;
	size_t at;
	enum ward_err err;

	ward_event_init(ret, arena);
	ret->time = rec->time;
	err = ward_binxml_fields(
		r->chunk.bytes, rec->xml, rec->len, r->opts->names, ret, &fault, &at);
	if (err == WARD_ERR_MALFORMED) {
		tell(r, ward_binxml_counter(fault), ward_binxml_text(fault), r->off + at,
			ret->n_field == 0);
		err = ret->n_field ? WARD_OK : WARD_ERR_AGAIN;
	}
	if (!err)
		err = ward_log_sensor_fields(r->log, off, rec->has_time, ret);
	if (err == WARD_ERR_AGAIN)
		ward_arena_reset(arena);
	return err;
}

static enum ward_err reader_next(void *state, struct ward_arena *arena, struct ward_event *ret)
{
	struct reader *r = state;
	struct ward_evtx_record rec;
	enum ward_err err;

	for (;;) {
		if (!r->has_chunk) {
			err = r->end ? WARD_ERR_CLOSED : next_chunk(r);
			r->end = r->end || err == WARD_ERR_CLOSED;
			if (err)
				return err;
			r->has_chunk = true;
		}
		r->has_chunk = ward_evtx_next(&r->chunk, &rec);
		if (r->chunk.lost)
			tell(r, "evtx.reject.record", "bytes between records that are none",
				r->off + (r->has_chunk ? rec.off : r->chunk.end), true);
		r->chunk.lost = false;
		if (!r->has_chunk)
			continue;
		err = record(r, &rec, arena, ret);
		if (err != WARD_ERR_AGAIN)
			return err;
	}
}

const struct ward_input_driver ward_log_driver_evtx = {
	WARD_INPUT_EVTX, reader_open, reader_next, reader_close};
