"""Assets (项目资产): what accepted projects left behind, simply kept; the register comes later."""
