"""controller_config"""
