package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import no.rapport.exportjobs.ExportKind;
import org.junit.jupiter.api.Test;

class PlanExportTest {

  @Test
  void passesTheRowsBeforeEachPartToItsShare() {
    var run = new TaskRun().inPartsOf(2);
    for (int i = 0; i < 5; i++) {
      run.row("act-" + i);
    }
    var job = run.accept(ExportKind.BUFDIR_EXPORT, TaskRun.anOrder("xlsx", false, false));
    var planned = new PlanExport(run.workflow).handleRequest(TaskRun.claim(job), null);
    assertThat(((List<?>) planned.get("parts")).stream().map(part -> "" + ((Map<?, ?>) part).get("rows_before")))
        .containsExactly("0", "2", "4");

    var rendered = run.rendered(run.job(job));
    List<RenderPart.PartObjects> parts = Tasks.rendered(rendered, run.job(job));
    assertThat(parts).extracting(part -> run.workflow.files().getJson(part.summary(), RenderPart.Rendered.class)
        .share().traits().get("rows_before")).containsExactly("0", "2", "4");
  }
}
