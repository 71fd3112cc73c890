#!/bin/sh
# Each process holds its own rooms' code and libraries, and no other's: what is not linked can't be
# misused by whoever takes the process over. usage: links.sh LIBEXEC
set -u
dir=$1
command -v nm >/dev/null || { echo "skipped: no nm (binutils)"; exit 77; }

# Code that tells rooms apart, by what its functions are called; libraries by their file.
marks='journal=ward_journal_ store=ward_store_ brain=ward_brain_ detect=ward_detector_
fuse=ward_fuser_ impact=ward_engine_ model=ward_model_load story=ward_story_ net=ward_net_new
log=ward_log_sensor_ field=ward_field_message flow=ward_export_new key=ward_pseudonym_write evidence=ward_evidence_write exercise=ward_scenario_
supervisor=ward_supervisor_ video=ward_video_new rtsp=ward_rtsp_new set=ward_snmp_set'
libraries='microhttpd ssh2 sqlite3 pcap mosquitto crypto avcodec modbus netsnmp xml2 hpdf pq'

may() { # what each process may hold of the above
	case $1 in
	journal) echo journal ;;
	pseudonym) echo key ;;
	store) echo store sqlite3 ;;
	notary) ;; # leaves, never what they are of
	brain) echo brain detect fuse impact model ;;
	tell) echo story ;;
	log) echo log crypto ;; # TLS
	bacnet) ;;
	taxii) echo crypto ;; # TLS
	region) echo crypto xml2 ;; # TLS; what a hospital can take, in XML
	reckon) echo brain detect story impact model ;; # what it computes with; the brain's memory, taken apart; rules and their tests
	recall) echo journal model ;; # the journal, read beside its writer; the hospital
	api) echo model story impact crypto microhttpd ;; # what it shows; the order of recovery; HTTPS
	directory) echo crypto ;; # TLS, signatures of tokens
	file) echo crypto xml2 ;; # hashes; libarchive is linked with libxml2: what it reads, cells read
	ingest) echo log ;; # identities are hidden as `log` hides them
	played) ;;
	offer) echo model story crypto xml2 ;; # the hospital whose incidents it tells; TLS
	act) echo model impact story crypto ;; # the forecast of what it does; one-time codes
	desk) ;;
	config) ;; # what it has checked, another program reads
	login) echo crypto ;; # codes of authenticators
	playbook) echo model ;;
	device) ;;
	modbus) echo modbus ;;
	snmp) echo netsnmp crypto ;; # of version 3
	snmpset) echo netsnmp crypto set ;; # alone sets something by it
	line) ;;
	feed) echo xml2 crypto ;; # TLS
	diode) echo log ;; # events of a sensor elsewhere; datagrams by libsodium
	calls) echo xml2 crypto ;;    # positions; sums of its logins
	hook) echo log crypto ;;      # patterns; TLS
	onvif) echo key crypto xml2 rtsp ;; # tokens of one run, for `ward sense onvif`; TLS and digests
	flow) echo flow ;;
	net) echo net crypto ;;
	field) echo field ;;
	mqtt) echo field mosquitto crypto ;;
	clips) echo evidence ;;
	radius) echo crypto ;; # its sums
	respond) echo model crypto ;; # names, for standards' messages, read before the cage; of the writer of alerts, which can sign
	pager) ;;
	phone) echo crypto ;; # sums of its login
	send | call | mail | post | smpp | publish | syslog | ticket) echo crypto ;; # TLS
	xmpp) echo crypto xml2 ;; # TLS
	ssh) echo crypto ssh2 ;;
	camera) echo rtsp crypto ;; # TLS, and its password's hashes
	photo) echo video avcodec crypto xml2 ;; # as video
	video) echo video avcodec crypto xml2 ;; # libavformat is linked with GnuTLS, libcrypto and libxml2
	ship) echo journal crypto ;; # its spool; TLS
	fetch) echo journal store sqlite3 crypto pq ;; # what it makes; TLS of the database's client
	quorum) echo journal crypto pq ;; # the names of its lanes; TLS of the database's client
	standby | witness) echo journal crypto ;; # its journal, or a register; TLS
	paging) ;;
	scene) echo avcodec crypto xml2 ;; # as video
	play) echo exercise model mosquitto crypto pcap ;; # what tools did, from captures
	stage) echo exercise model pcap ;; # likewise, and writes them
	*) echo "no row for $1 in $0" >&2 ;;
	esac
}
bad=0
for program in "$dir"/*; do
	[ -f "$program" ] && [ -x "$program" ] || continue
	name=${program##*/}
	allowed=" $(may "$name") "
	symbols=$(nm "$program") || exit 1
	for mark in $marks; do
		case $allowed in *" ${mark%%=*} "*) continue ;; esac
		echo "$symbols" | grep -q " [Tt] ${mark#*=}" || continue
		echo "$name holds code of '${mark%%=*}' (${mark#*=}…)"
		bad=1
	done
	for library in $libraries; do
		case $allowed in *" $library "*) continue ;; esac
		ldd "$program" | grep -q "lib$library\." || continue
		echo "$name is linked with lib$library"
		bad=1
	done
done
exit $bad
