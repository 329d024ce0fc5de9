"""A generated client goes through everything once: data in, figures, export, download, re-export, stream, erasure.

usage: journey.py BASE_URL API_KEY ORGANIZATION FOLDER_OF_EXAMPLES
"""
import hashlib
import json
import sys
import threading
import time
import urllib.request
from pathlib import Path

import openapi_client
from openapi_client import (AggregatedReportDataApi, ApiClient, AuditEventsApi, BufdirExportsApi, Configuration,
                            ExportFilesApi, ImportsApi, Invalidation, NewBufdirExport, NewExportTemplate, NewImport,
                            NewReexport, NewSnapshot, ReportRecordsApi, ReportReexportsApi, WatchOrder)
from openapi_client.exceptions import ConflictException, NotFoundException, UnprocessableEntityException

base, key, organization, examples = sys.argv[1:5]
configuration = Configuration(host=base, api_key={"ApiKey": key})
client = ApiClient(configuration)
records, exports = ReportRecordsApi(client), BufdirExportsApi(client)
reexports, figures = ReportReexportsApi(client), AggregatedReportDataApi(client)
templates, audit, imports = ExportFilesApi(client), AuditEventsApi(client), ImportsApi(client)
PERIOD = {"period_from": "2025-01-01", "period_to": "2025-12-31"}


def until(what, look, is_over, seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if is_over(found):
            return found
        time.sleep(0.2)
    raise SystemExit(f"{what} took longer than {seconds} s")


def upload(kind, name):
    content = (Path(examples) / name).read_text("utf-8").replace("org-1042", organization).encode("utf-8")
    announced = imports.create_import(NewImport(org_id=organization, kind=kind, file_name=name, size_bytes=len(content)))
    put = urllib.request.Request(announced.upload_url, data=content, method="PUT",
                                 headers=announced.upload_headers.to_dict())
    urllib.request.urlopen(put).close()
    done = until(name, lambda: imports.get_import(announced.import_id),
                 lambda i: i.status in ("completed", "failed"))
    assert done.status == "completed" and done.counts.rejected == 0, done


# empty
assert records.list_report_records(org_id=[organization]).pagination.total == 0

# data in
upload("activities", "activities.csv")
upload("cases", "cases.jsonl")

# follow the figures with a ticket, and make them
ticket = figures.create_watch_ticket(WatchOrder(organization_id=organization, period_id="2025"))
events = []


def follow():
    address = f"{base}/api/v1/aggregated-report-data/watch?organization_id={organization}&period_id=2025"
    last = ""
    while not events:
        request = urllib.request.Request(f"{address}&ticket={ticket.ticket}{last and '&last_event_id=' + last}")
        with urllib.request.urlopen(request) as stream:
            for line in stream:
                name, _, value = line.decode("utf-8").strip().partition(": ")
                if name == "id":
                    last = value
                if name == "data":
                    events.append(openapi_client.DataUpdated.from_dict(json.loads(value)))
                    return


follower = threading.Thread(target=follow, daemon=True)
follower.start()
accepted = figures.create_aggregated_report_data(NewSnapshot(organization_id=organization, period_id="2025"))
snapshot = until("figures", lambda: figures.get_aggregated_report_data(accepted.snapshot_id),
                 lambda s: s.snapshot_status != "processing")
assert snapshot.snapshot_status == "current", snapshot
values = {field.field_key: field.value for section in snapshot.sections for field in section.fields}
assert values["antall_meldinger_mottatt"] == 1 and len(values) == 34, values
cached = figures.create_aggregated_report_data(NewSnapshot(organization_id=organization, period_id="2025"))
assert cached.snapshot_id == snapshot.snapshot_id and cached.field_count == 34
follower.join(60)
assert events and events[0].snapshot_id == snapshot.snapshot_id, events

# export, download
order = exports.create_bufdir_export(NewBufdirExport(org_id=organization, format="xlsx", **PERIOD), x_acting_user="kari")
export = until("export", lambda: exports.get_bufdir_export(order.export_id),
               lambda e: e.status in ("completed", "failed"))
assert export.status == "completed" and export.row_count == 2 and export.requested_by == "kari", export
file = exports.download_bufdir_export(order.export_id)
assert len(file) == export.file_size_bytes and hashlib.sha256(file).hexdigest() == export.file_sha256
try:
    exports.cancel_bufdir_export(order.export_id)
    raise SystemExit("a completed export was cancelled")
except ConflictException as e:
    assert e.data.status == 409 and e.data.request_id, e.data

# re-export
report = records.list_report_records(org_id=[organization], status=["completed"]).data[0]
again = reexports.create_report_reexport(NewReexport(report_id=report.report_id, export_params={"format": "csv"}))
reexport = until("re-export", lambda: reexports.get_report_reexport(again.reexport_id),
                 lambda r: r.status in ("completed", "failed"))
assert reexport.status == "completed" and reexport.export_params.format == "csv", reexport
assert len(reexports.download_report_reexport(again.reexport_id)) == reexport.output_file_size_bytes

# a template and its file
template = templates.create_export(NewExportTemplate(org_id=organization, name="All", format="csv", **PERIOD)).exports
started = templates.start_export_file(template.id).export_files
file = until("export file", lambda: templates.get_export_file(template.id, started.id).export_files,
             lambda f: f.status in ("available", "success_with_errors", "failed"))
assert urllib.request.urlopen(file.download_url).read()
try:
    templates.create_export(NewExportTemplate(org_id=organization, name="01010112345", format="csv", **PERIOD))
except UnprocessableEntityException as e:
    assert e.data.errors[0].pointer == "/name", e.data

# figures again, from the same data
figures.update_aggregated_report_data(snapshot.snapshot_id, Invalidation(invalidate_cache=True, reason="Checked again"))
until("figures", lambda: figures.get_aggregated_report_data(snapshot.snapshot_id),
      lambda s: s.snapshot_status != "processing")

# erased
templates.delete_export(template.id)
exports.delete_bufdir_export(order.export_id)
records.delete_report_record(report.report_id)
figures.delete_aggregated_report_data(snapshot.snapshot_id)
for gone in (lambda: records.get_report_record(report.report_id), lambda: reexports.get_report_reexport(again.reexport_id),
             lambda: exports.download_bufdir_export(order.export_id),
             lambda: figures.get_aggregated_report_data(snapshot.snapshot_id)):
    try:
        gone()
        raise SystemExit("something is still there")
    except NotFoundException as e:
        assert e.data.message == "Not Found", e.data
assert any(event.action == "deleted" for event in audit.list_audit_events(org_id=organization, limit=100).data)
print("journey done")
