"""The papers of an integration, laid over the step: the review, and what follows from it. Nothing here changes it."""

from __future__ import annotations

from cxr_tui.tui.actions import BY_ID
from cxr_tui.tui.working import WorkingScreen


class PapersScreen(WorkingScreen, inherit_bindings=False):
    """A step over which its papers can be laid."""

    def action_review(self) -> None:
        """Lay every value of the step over it, with where each came from."""
        from cxr_tui.setup.review import review  # loaded when it is wanted: the wizard starts without it
        from cxr_tui.tui.review import ReviewScreen

        typed = {self.step_id: dict.fromkeys(self.pane.form.secrets(), True)}
        steps = review(self.setup, self._drafts.all(), typed)
        self.app.push_screen(
            ReviewScreen(self.setup.name, steps, self.step_id, self._possible, whole=False), self._reviewed
        )

    def _possible(self, action: str) -> bool:
        return action in BY_ID and BY_ID[action].when(self.situation())

    async def _reviewed(self, chosen: object) -> None:
        from cxr_tui.tui.review import Chosen

        if not isinstance(chosen, Chosen):
            return
        if chosen.action:
            if self._possible(chosen.action):
                await self.run_action(BY_ID[chosen.action].handler)
            return
        if chosen.step_id != self.step_id:
            await self.go_to(chosen.step_id)
        field = self.pane.form.field(chosen.field)
        if field is not None and field.entrance is not None:
            self.set_focus(field.entrance)
